"""Closes the schemas of answers: an answer may gain fields, but each has to be described."""


def close_answers(document):
    schemas = document["components"]["schemas"]
    # What others are built upon stays open; they are closed themselves.
    bases = {part["$ref"].rsplit("/", 1)[1] for schema in every(document) for part in schema.get("allOf", []) if "$ref" in part}
    for name, schema in schemas.items():
        if name not in bases:
            close(schema)
    for item in document["paths"].values():
        for operation in item.values():
            for answer in operation.get("responses", {}).values() if isinstance(operation, dict) else ():
                for media in answer.get("content", {}).values():
                    close(media["schema"])
    for answer in document["components"]["responses"].values():
        for media in answer["content"].values():
            close(media["schema"])


def close(schema):
    """Closes every object below this one; those it refers to are closed where they stand."""
    if not isinstance(schema, dict):
        return
    described = schema.get("properties")
    if described and "additionalProperties" not in schema:
        schema.setdefault("unevaluatedProperties", False)
    for inner in (*(described or {}).values(), schema.get("items")):
        close(inner)


def every(node):
    """Every object of the document."""
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from every(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from every(inner)
