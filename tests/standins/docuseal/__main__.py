"""TIRUAN DocuSeal untuk uji: a stand-in of DocuSeal as its own process, speaking its protocol over HTTP.

    python -m tests.standins.docuseal --port 8611 --state DIR [--webhook URL] [--retry-seconds 1]

It keeps submissions and files in DIR, writes `DIR/connection.json` (the FILE of `kdmp connection add`), lets people
sign at `/s/<slug>`, stamps the PDF, and calls the webhook with DocuSeal's signature and retries. It says on every
answer and page that it is a stand-in. `/uji/...` is for tests: faults, the callbacks sent, a resend without signature.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from werkzeug.serving import make_server

from tests.standins.docuseal.acts import Acts
from tests.standins.docuseal.door import Standin
from tests.standins.docuseal.naming import NAME
from tests.standins.docuseal.postman import Postman
from tests.standins.docuseal.store import Store


def main() -> None:
    """Start, write `connection.json`, say where it listens, serve until killed."""
    parser = argparse.ArgumentParser(description=NAME)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--webhook")
    parser.add_argument("--retry-seconds", type=float, default=1.0)
    asked = parser.parse_args()
    store = Store(asked.state)
    if asked.webhook:
        store.data["webhook"] = asked.webhook
    standin = Standin(store, Acts(store, Postman(store, asked.retry_seconds)))
    server = make_server("127.0.0.1", asked.port, standin.app, threaded=True)
    store.data["base"] = f"http://127.0.0.1:{server.server_port}"
    store.save()
    connection = {
        "scheme": "docuseal_signature",
        "secret": store.data["secret"],
        "tolerance_s": 300,
        "base_url": store.data["base"] + "/api",
        "api_key": store.data["api_key"],
    }
    (asked.state / "connection.json").write_text(json.dumps(connection, indent=1), "utf-8")
    print(f"{NAME}: {store.data['base']}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
