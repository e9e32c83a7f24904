"""A kind of step and a kind of question that only the tests know. Nothing in app/ names them."""
