"""A program at the API, as tests ask it, and what it is answered."""

BASE = "/fhir/R4"


class Api:
    """A program at the API, with a token for everything it may."""

    def __init__(self, app, program, scope="system/*.cruds"):
        self.client = app.test_client()
        self.headers = program.headers(self.client, scope)

    def get(self, path, **headers):
        return self.client.get(f"{BASE}{path}", headers={**self.headers, **headers})

    def send(self, method, path, **options):
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.open(f"{BASE}{path}", method=method, headers=headers, **options)


def outcome_of(answer):
    """The status and the stable code of a refusal."""
    assert answer.json["resourceType"] == "OperationOutcome"
    assert answer.mimetype == "application/fhir+json"
    (issue,) = answer.json["issue"]
    return answer.status_code, issue["details"]["coding"][0]["code"]
