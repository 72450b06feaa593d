"""``python -m analyzer.ui.server``: the app behind its front door; ``xinde app`` starts this where others can reach it."""

from __future__ import annotations

import argparse
import os
import sys

from analyzer.serve import LOGIN, app


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--address", required=True)
    options = parser.parse_args(arguments)
    os.environ[LOGIN] = "1"
    script = str(app())
    sys.argv = [script]  # Streamlit looks for .streamlit/config.toml beside what was started

    from starlette.middleware import Middleware
    from streamlit.starlette import App

    import analyzer.report.bundle  # noqa: F401  (with all that writes and draws: seconds, which the first who comes would wait for)
    from analyzer.store import Store
    from analyzer.store.accounts import Accounts
    from analyzer.ui.front_door import FrontDoor, login_route

    store = Store()
    accounts = Accounts(store)
    served = App(script, routes=[login_route(store, accounts)], middleware=[Middleware(FrontDoor, accounts=accounts)])
    served.run(config={"server.address": options.address, "server.port": options.port, "server.headless": True})


if __name__ == "__main__":
    main(sys.argv[1:])
