"""The page that all rows stand beside: 10 kB from a bare Flask, on either server.

`gunicorn tests.bench.bare:app`, or `python -m tests.bench.bare PORT` for the default server.
"""

from __future__ import annotations

import logging
import sys

from flask import Flask
from waitress.server import create_server

from config import Settings

app = Flask(__name__, static_folder=None)
PAGE = "<p>An ordinary line of an ordinary page, for 10 kB.</p>\n" * 180


@app.get("/")
def page() -> str:
    """Say the same to everybody."""
    return PAGE


if __name__ == "__main__":
    # What run.py asks of its server, as far as it makes a difference here.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    create_server(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        threads=Settings.threads,
        connection_limit=1000,
        asyncore_use_poll=True,
        ident=None,
        clear_untrusted_proxy_headers=False,
    ).run()
