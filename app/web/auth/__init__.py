"""The wing of coming in: start page, signing in and out, joining, links from mails, the account."""
