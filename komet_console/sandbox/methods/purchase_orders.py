"""Making purchase orders: from prebook lines, standalone, and with mixed boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from komet_console.sandbox.business.consignments import Consignment, add_awb, ship_line
from komet_console.sandbox.business.ordering import Pack
from komet_console.sandbox.business.purchasing import (
    NewLine,
    OrderStatus,
    Part,
    add_line,
    add_order,
    find_line,
    find_order,
    follow_lines,
    open_boxes,
)
from komet_console.sandbox.context import Answer, Call, Invalid, Refused, handles, ok
from komet_console.sandbox.methods.common.filters import exact
from komet_console.sandbox.methods.common.lines import elements as parts_of
from komet_console.sandbox.methods.common.references import find_box_type, find_carrier, find_location, find_vendor
from komet_console.sandbox.methods.common.typed import typed
from komet_console.sandbox.store import tables as t


@dataclass(slots=True)
class _Prebooks:
    """The prebook lines that a request buys, and how many of their boxes are still open."""

    items: dict[int, Row[Any]]
    left: dict[int, int] = field(default_factory=dict)

    def buy(self, item_id: int, boxes: int) -> Row[Any]:
        """Take boxes of a line; no more than were prebooked."""
        item = self.items[item_id]
        if boxes > self.left[item_id]:
            raise Refused(
                f"The prebook item {item_id} has {self.left[item_id]} of {item.total_boxes} boxes left to buy, "
                f"{boxes} were asked for"
            )
        self.left[item_id] -= boxes
        return item


@handles("purchase.order.create")
def purchase_order_create(call: Call) -> Answer:
    """Order boxes, each line for a prebook line or for the open market."""
    vendor = _vendor(call)
    elements = _elements(call)
    prebooks = _prebooks(call, elements)
    return _place(call, vendor, [_line(call, vendor, element, prebooks) for element in elements], prebooks)


@handles("purchase.order.mixed.create")
def purchase_order_mixed_create(call: Call) -> Answer:
    """Order mixed boxes; boxes with a product that the company does not know are left out and named in the message."""
    vendor = _vendor(call)
    elements = _elements(call)
    prebooks = _prebooks(call, [part for element in elements for part in parts_of(element, "breakdowns", "")])
    lines, unknown = [], []
    for element in elements:
        line = _mixed_line(call, vendor, element, prebooks)
        if isinstance(line, NewLine):
            lines.append(line)
        else:
            unknown.append(line)
    if not lines:
        raise Refused(f"The products are not mapped in the company: {', '.join(unknown)}", documented=True)
    answer = _place(call, vendor, lines, prebooks)
    if unknown:
        answer["message"] = f"OK; not added because not mapped in the company: {', '.join(unknown)}"
    return answer


def _vendor(call: Call) -> Row[Any]:
    vendor = find_vendor(call, required=True)
    assert vendor is not None
    return vendor


def _elements(call: Call) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = call.need("purchaseOrderItems")
    if not elements:
        raise Invalid("purchaseOrderItems is empty")
    return elements


def _prebooks(call: Call, elements: list[dict[str, Any]]) -> _Prebooks:
    """Every named prebook line; a vendor token may name its own only."""
    ids = {id_ for element in elements if (id_ := typed(element, "prebookItemId", int)) is not None}
    i, p = t.prebook_items.c, t.prebooks.c
    rows = call.connection.execute(
        select(t.prebook_items, p.type, p.is_ecommerce, p.check_out_status)
        .join(t.prebooks, p.id == i.prebook_id)
        .where(i.company_id == call.company_id, i.id.in_(ids))
        .with_for_update(of=t.prebook_items)
    )
    items = {row.id: row for row in rows}
    for item_id in sorted(ids):
        item = items.get(item_id)
        if item is None:
            raise Refused(f"The prebook item {item_id} does not exist")
        if call.vendor_id is not None and item.vendor_id != call.vendor_id:
            raise Refused(f"The prebook item {item_id} is not one of the vendor", documented=True)
        if item.future_po_item_id is not None:
            raise Refused(f"The prebook item {item_id} takes its boxes from future inventory already")
    return _Prebooks(items, open_boxes(call, ids))


def _line(call: Call, vendor: Row[Any], element: dict[str, Any], prebooks: _Prebooks) -> NewLine:
    boxes = _positive(element, "boxes")
    item_id = element.get("prebookItemId")
    if item_id is None:
        product = _product(call, vendor, element)
        if product is None:
            raise Refused(f"The product {_named(element)} does not exist")
        return NewLine(_pack(call, element, product), boxes, _cost(element), mark_code=element.get("markCode") or "")
    item = prebooks.buy(item_id, boxes)
    pack = _pack(call, element, None, item)
    same = (pack.bunches, pack.stems_bunch) == (item.bunches, item.stems_bunch)
    return NewLine(
        pack=pack,
        boxes=boxes,
        unit_cost=_cost(element, item.unit_cost),
        mark_code=element.get("markCode") or item.mark_code or "",
        prebook_item_id=item.id,
        parts=_prebooked_parts(call, item) if same else (),
        # Bought through the e-commerce from a grower's offer: the farm confirms after the customer's checkout only.
        checkout_pending=item.is_ecommerce and item.check_out_status == 0 and item.availability_item_id is not None,
        unit_price=item.unit_price,
    )


def _prebooked_parts(call: Call, item: Row[Any]) -> tuple[Part, ...]:
    b = t.prebook_item_breakdowns.c
    rows = call.connection.execute(select(t.prebook_item_breakdowns).where(b.item_id == item.id).order_by(b.id))
    return tuple(Part(row.product_id, row.bunches, row.stems_bunch, row.cost) for row in rows)


def _mixed_line(call: Call, vendor: Row[Any], element: dict[str, Any], prebooks: _Prebooks) -> NewLine | str:
    """The line, or the name of the product that is not known."""
    product = _product(call, vendor, element)
    if product is None:
        return _named(element)
    boxes = _positive(element, "boxes")
    parts = []
    for part in parts_of(element, "breakdowns", ""):
        prebooked = prebooks.items.get(typed(part, "prebookItemId", int) or 0)
        named = "productCode" in part or "productDescription" in part
        known = _product(call, vendor, part) if named or prebooked is None else None
        if known is None and (named or prebooked is None):
            return _named(part)
        parts.append(
            Part(
                product_id=known.id if known is not None else prebooks.items[part["prebookItemId"]].product_id,
                bunches=_positive(part, "bunches"),
                stems_bunch=_positive(part, "stemsBunch"),
                cost=_cost(part, prebooked.unit_cost if prebooked is not None else None),
                prebook_item_id=part.get("prebookItemId"),
            )
        )
    if not parts:
        raise Invalid("breakdowns is empty")
    whole = _buy_parts(parts, boxes, prebooks)
    bunches = sum(part.bunches for part in parts)
    stems = sum(part.bunches * part.stems_bunch for part in parts)
    box_type = find_box_type(call, element)
    assert box_type is not None
    unit_type = element.get("unitType") or product.default_unit_type
    weights = [part.bunches * (part.stems_bunch if unit_type == "Stem" else 1) for part in parts]
    cost = sum(((part.cost or Decimal(0)) * weight for part, weight in zip(parts, weights, strict=True)), Decimal(0))
    return NewLine(
        pack=Pack(product.id, box_type.id, unit_type, bunches, parts[0].stems_bunch),
        boxes=boxes,
        unit_cost=cost / sum(weights),
        units_per_box=stems if unit_type == "Stem" else bunches,
        mark_code=element.get("markCode") or "",
        prebook_item_id=whole.id if whole is not None else None,
        parts=tuple(parts),
        unit_price=whole.unit_price if whole is not None else None,
    )


def _buy_parts(parts: list[Part], boxes: int, prebooks: _Prebooks) -> Row[Any] | None:
    """Take what the products of a mixed box buy; the prebook line when the box buys just one, box by box.

    Products for different prebook lines count by bunches, rounded up to boxes of their line.
    """
    bunches: dict[int, int] = {}
    for part in parts:
        if part.prebook_item_id is not None:
            bunches[part.prebook_item_id] = bunches.get(part.prebook_item_id, 0) + part.bunches
    if len(bunches) == 1:
        return prebooks.buy(next(iter(bunches)), boxes)
    for item_id, count in bunches.items():
        prebooks.buy(item_id, -(-count * boxes // prebooks.items[item_id].bunches))
    return None


def _pack(call: Call, element: dict[str, Any], product: Row[Any] | None, item: Row[Any] | None = None) -> Pack:
    """The pack as sent; what is left out follows the prebook line where one is bought."""
    if item is not None:
        kept = {"bunches": item.bunches, "stemsBunch": item.stems_bunch, "unitType": item.unit_type}
        element = {**kept, **element}
    box_type = find_box_type(call, element, required=item is None)
    product_id = item.product_id if item is not None else product.id if product is not None else 0
    default_unit = product.default_unit_type if product is not None else None
    box_type_id = box_type.id if box_type is not None else item.box_type_id if item is not None else 0
    return Pack(
        product_id=product_id,
        box_type_id=box_type_id,
        unit_type=element.get("unitType") or default_unit or "Bunch",
        bunches=_positive(element, "bunches"),
        stems_bunch=_positive(element, "stemsBunch"),
    )


def _positive(values: dict[str, Any], name: str) -> int:
    value = values.get(name)
    if not isinstance(value, int):
        raise Invalid(f"{name} is required")
    if value < 1:
        raise Refused(f"{name} has to be 1 or more")
    return value


def _cost(values: dict[str, Any], otherwise: Decimal | None = None) -> Decimal:
    cost = values.get("cost", otherwise)
    if cost is None:
        raise Invalid("cost is required")
    if cost < 0:
        raise Refused("cost is negative")
    return Decimal(cost)


def _named(values: dict[str, Any]) -> str:
    for name in ("productDescription", "productCode", "productId"):
        if values.get(name):
            return str(values[name])
    raise Invalid("productDescription or productCode is required")


def _product(call: Call, vendor: Row[Any], values: dict[str, Any]) -> Row[Any] | None:
    """The product named by id, code, description or the vendor's alias for it; None when the company has none such.

    A description that is not the product's, sent with its code, becomes the vendor's alias.
    """
    g, a = t.products.c, t.vendor_product_aliases.c
    description = (values.get("productDescription") or "").strip()
    aliased = select(a.product_id).where(
        a.company_id == call.company_id, a.vendor_id == vendor.id, *exact(a.alias, description)
    )
    named = or_(*exact(g.description, description), g.id.in_(aliased)) if description else None
    by_key = [*exact(g.id, values.get("productId")), *exact(g.legacy_code, values.get("productCode") or None)]
    product = None
    for condition in [*by_key, *([named] if named is not None else [])]:
        query = select(t.products).where(g.company_id == call.company_id, condition).order_by(g.id).limit(1)
        product = call.connection.execute(query).one_or_none()
        if product is not None:
            break
    if product is None or product.description.strip().upper() == "UNKNOWN":
        return None
    if description and named is not None and values.get("productCode"):
        known = call.connection.execute(select(g.id).where(g.company_id == call.company_id, named)).first()
        if known is None:
            call.connection.execute(
                insert(t.vendor_product_aliases).values(
                    company_id=call.company_id, vendor_id=vendor.id, product_id=product.id, alias=description
                )
            )
    return product


def _carrier_id(call: Call) -> int | None:
    carrier = find_carrier(call)
    if carrier is None:
        mandatory = select(t.companies.c.mandatory_po_carriers).where(t.companies.c.id == call.company_id)
        if call.connection.execute(mandatory).scalar_one():
            raise Refused("The carrier is required; the company has carriers on every purchase order", documented=True)
        return None
    if not carrier.inbound:
        raise Refused(f"The carrier {carrier.code} is not an inbound carrier", documented=True)
    return int(carrier.id)


def _place(call: Call, vendor: Row[Any], lines: list[NewLine], prebooks: _Prebooks) -> Answer:
    """Put lines on a new order or the one they join, and ship them where an AWB is named."""
    location = find_location(call)
    carrier_id = _carrier_id(call)
    if call.get("purchaseOrderNumber"):
        order = find_order(call, call.get("purchaseOrderNumber"))
        if order.vendor_id != vendor.id:
            raise Refused(f"The purchase order {order.number} is one of another vendor")
        if order.status == OrderStatus.CANCELLED:
            raise Refused(f"The purchase order {order.number} is cancelled")
        order_id, number, ship_date = order.id, order.number, order.ship_date
    else:
        kinds = {prebooks.items[line.prebook_item_id].type for line in lines if line.prebook_item_id is not None}
        bought = all(line.bought for line in lines)
        # What a grower adds to its orders unasked waits for the company's approval.
        unasked = call.vendor_id is not None and not bought
        ship_date = call.need("shipDate")
        order_id, number = add_order(
            call,
            vendor=vendor,
            location_id=location.id,
            ship_date=ship_date,
            order_type=("S" if kinds == {"S"} else "P") if bought else "M",
            carrier_id=carrier_id,
            status=OrderStatus.PENDING if unasked else OrderStatus.APPROVED,
        )
    item_ids = [add_line(call, order_id, ship_date, line) for line in lines]
    follow_lines(call, order_id)
    touched = {item.prebook_id for item in prebooks.items.values()}
    call.connection.execute(update(t.prebooks).where(t.prebooks.c.id.in_(touched)).values(updated_on=call.now))
    awb = _awb(call, vendor, location.id, number)
    if awb is not None:
        for item_id in item_ids:
            line = find_line(call, item_id)
            ship_line(call, line, Consignment(awb, ship_date))
    return ok(purchaseOrderId=order_id, purchaseOrderNumber=str(number))


def _awb(call: Call, vendor: Row[Any], location_id: int, number: int) -> str | None:
    """The air waybill the order ships on at once: the newest one that ends in the digits, or a temporary one."""
    digits = call.get("AWB Number")
    a = t.awbs.c
    if digits is not None:
        newest = (
            select(a.awb)
            .where(a.company_id == call.company_id, a.awb.like(f"%{digits:04d}"))
            .order_by(a.ship_date.desc(), a.id.desc())
            .limit(1)
        )
        awb = call.connection.execute(newest).scalar()
        if awb is None:
            raise Refused(f"There is no AWB that ends in {digits:04d}")
        return str(awb)
    if not vendor.temporary_awbs:
        return None
    temporary = f"999-{number // 10000 % 10000:04d}-{number % 10000:04d}"
    known = select(a.id).where(a.company_id == call.company_id, a.awb == temporary)
    if call.connection.execute(known).one_or_none() is None:
        add_awb(call, temporary, location_id, vendor.port_origin or "", call.need("shipDate"), temporary=True)
    return temporary
