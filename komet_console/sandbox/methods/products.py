"""Products with their colours and grades."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, insert, select, update

from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import exact, like
from komet_console.sandbox.methods.common.references import find
from komet_console.sandbox.store import tables as t

_COLUMNS = {
    "variety": "variety",
    "color": "color",
    "grade": "grade",
    "code": "legacy_code",
    "productRollUpCode": "product_roll_up_code",
    "defaultUnitType": "default_unit_type",
    "description": "description",
    "active": "active",
}

_MOST_SHOWN = 200
"""Characters of a description: writing takes 300, all lists answer with 200."""


@handles("product.list")
def product_list(call: Call) -> Answer:
    """Products, ordered by description; active and inactive."""
    p, c = t.products.c, t.categories.c
    rows = call.connection.execute(
        select(t.products, c.name.label("category"), c.division_id)
        .join_from(t.products, t.categories, c.id == p.category_id)
        .where(
            p.company_id == call.company_id,
            *exact(p.id, call.get("id")),
            *like(p.description, call.get("description")),
            *exact(p.legacy_code, call.get("legacyCode")),
        )
        .order_by(p.description, p.id)
    )
    return ok(
        products=[
            {
                "id": row.id,
                "description": row.description,
                "active": row.active,
                "category": row.category,
                "divisionId": row.division_id,
                "divisionDescription": t.DIVISIONS.get(row.division_id, ""),
                "variety": row.variety or "",
                "color": row.color or "",
                "grade": row.grade or "",
                "legacyCode": row.legacy_code or "",
                "tags": row.tags or "",
            }
            for row in rows
        ]
    )


def _category(call: Call) -> Row[Any]:
    name = call.need("category")
    row = find(call, t.categories, "category", name=name, required=True)
    assert row is not None
    return row


def _values(call: Call, category: Row[Any]) -> dict[str, Any]:
    values = {column: call.input[name] for name, column in _COLUMNS.items() if name in call.input}
    values["category_id"] = category.id
    if "description" in values:
        values["description"] = values["description"][:_MOST_SHOWN]
    if isinstance(call.get("tags"), list):
        values["tags"] = ",".join(call.get("tags"))
    if isinstance(call.get("regionsOfOrigin"), list):
        values["regions_of_origin"] = ",".join(call.get("regionsOfOrigin"))
    return values


def _refuse_taken_code(call: Call, code: str | None, own_id: int | None = None) -> None:
    if not code:
        return
    p = t.products.c
    taken = select(p.id).where(p.company_id == call.company_id, *exact(p.legacy_code, code))
    if own_id is not None:
        taken = taken.where(p.id != own_id)
    if call.connection.execute(taken.limit(1)).one_or_none() is not None:
        raise Refused(f"There is another product with the code {code}")


@handles("product.add")
def product_add(call: Call) -> Answer:
    """A new product of a category; its description is made of its parts where none is sent."""
    category = _category(call)
    values = _values(call, category)
    _refuse_taken_code(call, values.get("legacy_code"))
    parts = (category.name, values.get("variety"), values.get("color"), values.get("grade"))
    values.setdefault("description", " ".join(part for part in parts if part)[:_MOST_SHOWN])
    added = call.connection.execute(
        insert(t.products).values(company_id=call.company_id, updated_on=call.now, active=True, **values)
    )
    assert added.inserted_primary_key is not None
    return ok(productId=added.inserted_primary_key[0])


@handles("product.update")
def product_update(call: Call) -> Answer:
    """Change what is sent of a product."""
    row = find(call, t.products, "product", id=call.need("productId"), required=True)
    assert row is not None
    values = _values(call, _category(call))
    _refuse_taken_code(call, values.get("legacy_code"), row.id)
    call.connection.execute(update(t.products).where(t.products.c.id == row.id).values(updated_on=call.now, **values))
    return ok(productId=row.id)


def _of_category(call: Call) -> list[Any]:
    c = t.categories.c
    return [
        t.products.c.company_id == call.company_id,
        t.products.c.active.is_(True),
        *exact(c.id, call.get("categoryId")),
        *exact(c.name, call.get("categoryName")),
    ]


@handles("v2/product/colors")
def product_colors(call: Call) -> Answer:
    """The colours in use, of one category or of all."""
    color = t.products.c.color
    rows = call.connection.execute(
        select(color)
        .join_from(t.products, t.categories, t.categories.c.id == t.products.c.category_id)
        .where(*_of_category(call), func.coalesce(color, "") != "")
        .distinct()
        .order_by(color)
    )
    return {"colors": [{"color": row.color} for row in rows]}


@handles("v2/product/grades")
def product_grades(call: Call) -> Answer:
    """The grades in use with their categories."""
    c, grade = t.categories.c, t.products.c.grade
    rows = call.connection.execute(
        select(c.id, c.name, grade)
        .join_from(t.products, t.categories, c.id == t.products.c.category_id)
        .where(*_of_category(call), func.coalesce(grade, "") != "")
        .distinct()
        .order_by(c.name, grade)
    )
    return {"grades": [{"categoryId": row.id, "categoryName": row.name, "grade": row.grade} for row in rows]}
