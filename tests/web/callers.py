"""Callers of the API as strangers would be: they know the OpenAPI document and nothing else, and hold every answer to it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

PREFIX = "/api/v1"


@dataclass
class Document:
    """The OpenAPI document of a running office."""

    content: dict[str, Any]
    _validators: dict[str, Draft202012Validator] = field(default_factory=dict)

    @classmethod
    def of(cls, app: Flask) -> Document:
        return cls(app.test_client().get(f"{PREFIX}/openapi.json").json)

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """The documented operation behind a real address; an address that is not documented is a fault of the test."""
        for template, item in self.content["paths"].items():
            pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in item:
                return item[method.lower()]
        raise AssertionError(f"{method} {path} is not documented")

    def check(self, method: str, path: str, response: TestResponse) -> None:
        """Refuse an answer whose status, content type or shape the document does not promise."""
        operation = self.operation(method, path)
        promised = operation["responses"].get(str(response.status_code))
        assert promised is not None, f"{method} {path}: {response.status_code} is not documented: {response.text[:500]}"
        if "$ref" in promised:
            promised = self.content["components"]["responses"][promised["$ref"].rsplit("/", 1)[-1]]
        content = promised.get("content")
        if not content or response.status_code == 304:
            assert not response.data
            return
        if "*/*" in content:
            return
        assert response.mimetype in content, f"{method} {path}: {response.mimetype}"
        schema = content[response.mimetype]["schema"]
        faults = [f"{'/'.join(map(str, e.path))}: {e.message[:300]}" for e in self._validator(schema).iter_errors(response.json)]
        assert not faults, f"{method} {path}: {faults}"

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        key = str(schema)
        if key not in self._validators:
            whole = schema | {"components": self.content["components"]}
            self._validators[key] = Draft202012Validator(whole)
        return self._validators[key]


def multipart(field: str, name: str, content: bytes, form: Mapping[str, str]) -> dict[str, Any]:
    """A form with one file, whole in memory: the options of a request."""
    boundary, data = encode_multipart({field: FileStorage(io.BytesIO(content), name), **form})
    return {"data": data, "content_type": f"multipart/form-data; boundary={boundary}"}


@dataclass
class Caller:
    """Somebody with or without a token. Every answer is held to the document."""

    app: Flask
    document: Document
    token: str | None = None

    def call(self, method: str, path: str, body: Any = None, /, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            options |= {"data": json.dumps(body), "content_type": "application/json"}
        address = PREFIX + path
        response = self.app.test_client().open(address, method=method, headers=headers, **options)
        self.document.check(method, address.partition("?")[0], response)
        return response

    def get(self, path: str, status: int = 200, **options: Any) -> Any:
        return self._expect("GET", path, None, status, options)

    def post(self, path: str, body: Any = None, status: int | None = None, **options: Any) -> Any:
        return self._expect("POST", path, {} if body is None and "data" not in options else body, status, options)

    def put(self, path: str, body: Any, status: int = 200, **options: Any) -> Any:
        return self._expect("PUT", path, body, status, options)

    def upload(self, path: str, name: str, content: bytes, /, *, status: int = 201, field: str = "file", **form: str) -> Any:
        return self._expect("POST", path, None, status, multipart(field, name, content, form))

    def _expect(self, method: str, path: str, body: Any, status: int | None, options: dict[str, Any]) -> Any:
        response = self.call(method, path, body, **options)
        well = response.status_code < 300 if status is None else response.status_code == status
        assert well, f"{method} {path}: {response.status_code} {response.text[:1000]}"
        return response.json if response.data else None
