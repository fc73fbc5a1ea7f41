"""Closes the schemas of answers: an answer may gain fields, but each has to be described."""

SCHEMAS = "#/components/schemas/"


def close_answers(document):
    schemas = document["components"]["schemas"]
    built_upon = {part["$ref"] for schema in every(document) for part in schema.get("allOf", []) if "$ref" in part}
    # What others are built upon stays open for them; whoever answers it as it is gets a copy that is closed.
    bases = {ref.removeprefix(SCHEMAS) for ref in built_upon if "properties" in schemas[ref.removeprefix(SCHEMAS)]}
    copies = {f"{name}-closed": {**schemas[name]} for name in bases}
    for schema in list(every(document)):
        for inner in references(schema):
            if inner["$ref"].removeprefix(SCHEMAS) in bases:
                inner["$ref"] += "-closed"
    for name, schema in [*schemas.items(), *copies.items()]:
        if name not in bases:
            close(schema)
    schemas.update(copies)
    for answer in every({**document["paths"], **document["components"]["responses"]}):
        for media in answer.get("content", {}).values() if "description" in answer else ():
            close(media["schema"])


def references(schema):
    """What a schema refers to in any way but by being built upon it."""
    held = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("schema"), *schema.get("oneOf", [])]
    return [inner for inner in held if isinstance(inner, dict) and "$ref" in inner]


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
