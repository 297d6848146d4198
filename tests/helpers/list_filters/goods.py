"""The lists of master data and goods: what their filters look at."""

from __future__ import annotations

from helpers.list_filters.kinds import (
    CONTENT,
    ID_NAME_CODE,
    SUBJECT,
    Filter,
    Hidden,
    Listing,
    choice,
    code,
    day,
    equal,
    flag,
    free_or,
    listed,
    on,
    part,
    same,
    since,
    table,
    until,
    without,
)
from komet_console.sandbox.seed import cast

AWBS = {
    "awb": Filter(("awb",), lambda values, sent, _: str(values[0])[-4:] == sent.zfill(4), lambda awb: awb[-4:], ("1",)),
    "shipDate": on("shipDate", alone=True),
    "originCode": code("origin"),
    "locationCode": code("locationCode"),
}
AWB_DAYS = tuple({"shipDate": day(one)} for one in range(-12, 1))
OFFERED = "vendor_availability_items"
SHOP_PRODUCTS = """
SELECT '1-' || l.id, {0} FROM inventory_lines l JOIN products p ON p.id = l.product_id
UNION ALL SELECT '2-' || l.id, {0} FROM purchase_order_items l JOIN products p ON p.id = l.product_id
UNION ALL SELECT '3-' || l.id, {0} FROM vendor_availability_items l JOIN products p ON p.id = l.product_id
UNION ALL SELECT '4-' || l.id, {0} FROM vendor_availability_items l JOIN products p ON p.id = l.product_id
"""

GOODS: dict[str, Listing] = {
    "additional.charge.list": Listing({**ID_NAME_CODE, "active": flag("active")}),
    "awb.details.list": Listing(AWBS, bases=AWB_DAYS),
    "awb.list": Listing(AWBS, bases=AWB_DAYS),
    "awb.future.list": Listing(
        {
            name: code("originCode") if name == "originCode" else AWBS[name]
            for name in ("awb", "shipDate", "originCode")
        },
        bases=({"shipDate": day(14)},),
    ),
    "boxtype.list": Listing({"id": same("id"), "code": code("code")}),
    "carrier.list": Listing({**ID_NAME_CODE, "active": flag("active")}),
    "company.location.list": Listing(exempt={"customerId": SUBJECT}),
    "customer.by.company.list": Listing(
        exempt={"showSalespersonCustomers": "depends on the calling user; see test_customers.py"}, token="user"
    ),
    "customer.contact.list": Listing(exempt={"customerId": SUBJECT}),
    "customer.details.get": Listing(exempt={"customerId": SUBJECT}),
    "customer.list": Listing(
        {
            **ID_NAME_CODE,
            "salesPersonId": same("salesPersonId"),
            "includeInactive": Filter(
                ("active",), lambda values, sent, _: sent == "1" or str(values[0]) == "1", lambda _: "1", ("0", "1")
            ),
            "locationId": free_or(Hidden("SELECT customer_id, location_id FROM customer_locations")),
            "updateAsOf": Filter(
                ("updatedOn",), lambda values, sent, _: str(values[0]) >= sent, lambda value: value[:10]
            ),
        },
        bases=({"includeInactive": "1"},),
    ),
    "customer.shipto.list": Listing(
        {
            "customerId": same(table("customer_shiptos", "customer_id")),
            "id": same("id"),
            "name": part("name"),
            "updateAsOf": since("updatedAsOf"),
            "updatedAsOf": since("updatedAsOf"),
        },
        bases=({"updateAsOf": day(-4000)},),
    ),
    "ecommerce-lite/settings": Listing(exempt={"customerId": SUBJECT}),
    "ecommerce/customer-carriers.list": Listing(
        exempt=dict.fromkeys(("customerId", "date", "availableFrom", "availableTo", "companyLocationId"), SUBJECT)
    ),
    "ecommerce/inventory-available-dates.list": Listing(
        exempt=dict.fromkeys(("customerId", "inventoryLineIds", "inventoryOrigin", "companyLocationId"), SUBJECT)
    ),
    "ecommerce/inventory.list": Listing(
        {
            "searchText": part("productDescription"),
            "categoryId": same(Hidden(SHOP_PRODUCTS.format("p.category_id"), "shopKey")),
            "color": code(Hidden(SHOP_PRODUCTS.format("p.color"), "shopKey")),
        },
        exempt={
            "customerId": SUBJECT,
            "companyLocationId": SUBJECT,
            "page": "cuts the list; see test_ecommerce.py",
            "rows": "cuts the list; see test_ecommerce.py",
            "reservedInventory": "the full list has no reserved stock; see test_ecommerce.py",
            "availableDate": "depends on the days of service; see test_ecommerce.py",
        },
        bases=({"customerId": cast.PETAL, "companyLocationId": cast.MIAMI, "rows": 10_000},),
    ),
    "future.inventory.openmarket.list": Listing(
        {
            "dateFrom": since(table("purchase_order_items", "available_to", "inventoryId"), open_end=True),
            "dateTo": until(
                Hidden(
                    "SELECT i.id, COALESCE(i.available_from, o.ship_date) FROM purchase_order_items i"
                    " JOIN purchase_orders o ON o.id = i.purchase_order_id",
                    "inventoryId",
                )
            ),
            "locationId": same(
                Hidden(
                    "SELECT i.id, o.location_id FROM purchase_order_items i"
                    " JOIN purchase_orders o ON o.id = i.purchase_order_id",
                    "inventoryId",
                )
            ),
        },
        exempt={"customerId": "sets prices and shows the vendor"},
        bases=({"dateFrom": day(-2), "dateTo": day(30)},),
    ),
    "grower.report.get": Listing(
        {
            "arrivalDateFrom": since(Hidden("SELECT awb, arrival_date FROM awbs", "awb")),
            "arrivalDateTo": until(Hidden("SELECT awb, arrival_date FROM awbs", "awb")),
            "shipDateFrom": since("shipDate"),
            "shipDateTo": until("shipDate"),
            "orderType": choice("orderType", "S", "L"),
        },
        exempt={"poNumber": "rows are sums over orders; see test_grower_report.py"},
        bases=(
            {"arrivalDateFrom": day(-20), "arrivalDateTo": day(6)},
            {"shipDateFrom": day(-20), "shipDateTo": day(4)},
        ),
        token="vendor",
    ),
    "hardgood/inventory.list": Listing(
        {
            "locationId": Filter(("locationId",), equal, alone=True),
            "vendorCode": code(Hidden("SELECT id, code FROM vendors", "vendorId")),
            "sku": code("sku"),
            "category": part("category"),
        },
        bases=({"locationId": cast.MIAMI}, {"locationId": cast.BOGOTA}),
    ),
    "inventory.list": Listing(
        {
            "inventoryType": Filter(
                (table("inventory_lines", "inventory_type", "orderItemId"),),
                lambda values, sent, base: sent == "all" or listed(",")(values, sent, base),
                extra=("M,P", "L,S", "all"),
            ),
            "excludeHeldItems": without(table("inventory_lines", "on_hold", "orderItemId"), "1"),
            "lotNumber": same("lotNumber"),
            "locationId": same(table("inventory_lines", "location_id", "orderItemId")),
        },
        exempt={"includeBoxes": CONTENT},
        bases=({"inventoryType": "all"},),
    ),
    "inventory.openmarket.list": Listing(
        {"locationId": same(table("inventory_lines", "location_id", "inventoryId"))},
        exempt={"customerId": "sets prices and shows the vendor"},
    ),
    "inventory.units.list": Listing(
        {
            "categoryId": same("categoryID"),
            "categoryID": same("categoryID"),
            "productId": same("productId"),
            "unitType": choice("unitType", "Stem", "Bunch"),
            "locationId": Filter((Hidden("SELECT code, id FROM locations", "locationCode"),), equal, alone=True),
        },
        bases=({"locationId": cast.MIAMI}, {"locationId": cast.BOGOTA}),
    ),
    "location.list": Listing(ID_NAME_CODE),
    "product.list": Listing({"id": same("id"), "description": part("description"), "legacyCode": code("legacyCode")}),
    "v2/price-list": Listing(
        {
            "priceListType": Filter(("type",), lambda values, sent, _: sent in ("A", values[0]), extra=("A", "P")),
            "name": part("name"),
        }
    ),
    "v2/product/colors": Listing(
        {
            "categoryId": same(
                Hidden("SELECT color, category_id FROM products WHERE company_id = 1043 AND active", "color")
            ),
            "categoryName": code(
                Hidden(
                    "SELECT p.color, c.name FROM products p JOIN categories c ON c.id = p.category_id"
                    " WHERE p.company_id = 1043 AND p.active",
                    "color",
                )
            ),
        }
    ),
    "v2/product/grades": Listing({"categoryId": same("categoryId"), "categoryName": code("categoryName")}),
    "vendor.availability.items.list": Listing(
        {
            "dateFrom": since("availableTo"),
            "dateTo": until("availableFrom"),
            "exactDate": Filter(
                ("availableFrom", "availableTo"),
                lambda values, sent, base: (
                    sent != "1" or (values[0] <= base["dateFrom"] and values[1] >= base["dateTo"])
                ),
                lambda _: "0",
                ("1",),
            ),
            "locationId": free_or(table(OFFERED, "location_id", "inventoryId")),
            "availableOnly": Filter(
                ("quantity",), lambda values, sent, _: sent != "1" or values[0] > 0, lambda _: "0", ("1",)
            ),
        },
        exempt={
            "customerId": "sets prices and shows the vendor",
            "shipViaId": "left out it means the warehouse; see test_vendor_availability.py",
        },
        bases=({"dateFrom": day(-2), "dateTo": day(30)}, {"dateFrom": day(1), "dateTo": day(3)}),
    ),
    "vendor.list": Listing(
        {
            **ID_NAME_CODE,
            "portOrigin": code("portOrigin"),
            "includeInactive": Filter(
                ("active",), lambda values, sent, _: sent == "1" or str(values[0]) == "1", lambda _: "1", ("0", "1")
            ),
        },
        bases=({"includeInactive": "1"},),
    ),
}
