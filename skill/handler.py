"""The functions of manifest.json, for skill hosts of the older format. Needs nothing but Python 3.

A host imports this file and calls a function by its name, or starts it and writes one line of JSON,
{"function": "search", "arguments": {"query": "…", "user_id": "…"}}, to its standard input.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT_SECONDS = 15


class Failed(Exception):
    """The server refused, or cannot be reached; the message says what to do."""


def add(messages, user_id, **more):
    """Remembers what was said; `more` may be agent_id, run_id, metadata, infer."""
    return _call("POST", "/v1/memories", {"messages": messages, "user_id": user_id, **more})


def search(query, user_id, **more):
    """What is remembered, best first; `more` may be agent_id, run_id, top_k, filters."""
    return _call("POST", "/v2/memories/search", {"query": query, "user_id": user_id, **more})


def delete_by_run_id(run_id, user_id=None):
    """Forgets one run."""
    return _delete(run_id=run_id, user_id=user_id)


def delete_by_user_id(user_id):
    """Forgets everything about a user."""
    return _delete(user_id=user_id)


FUNCTIONS = {f.__name__: f for f in (add, search, delete_by_run_id, delete_by_user_id)}


def handle(function, arguments):
    """Calls one of the functions by its name."""
    if function not in FUNCTIONS:
        raise Failed(f"unknown function {function!r}; known are {', '.join(FUNCTIONS)}")
    return FUNCTIONS[function](**arguments)


def _delete(**scope):
    query = urllib.parse.urlencode({name: value for name, value in scope.items() if value is not None})
    return _call("DELETE", f"/v1/memories?{query}", None)


def _call(method, path, body):
    base = os.environ.get("MEM0_BASE_URL") or "http://127.0.0.1:8230"
    request = urllib.request.Request(base.rstrip("/") + path, method=method)
    token = os.environ.get("MEM0_API_KEY")
    if token:
        request.add_header("Authorization", f"Token {token}")
    data = None
    if body is not None:
        request.add_header("Content-Type", "application/json")
        data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, data, TIMEOUT_SECONDS) as response:
            return json.load(response)
    except urllib.error.HTTPError as e:
        raise Failed(f"{method} {path}: {e.code} {e.read(1000).decode(errors='replace')}") from e
    except OSError as e:
        raise Failed(f"the memory server at {base} cannot be reached ({e}); start `agentic-memory serve`") from e


def main():
    request = json.load(sys.stdin)
    try:
        answer = handle(request["function"], request.get("arguments") or {})
    except (Failed, TypeError) as e:
        answer = {"error": str(e)}
    json.dump(answer, sys.stdout, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
