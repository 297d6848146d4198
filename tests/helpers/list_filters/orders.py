"""The lists of orders and money: what their filters look at."""

from __future__ import annotations

from helpers.list_filters.kinds import (
    CONTENT,
    SUBJECT,
    Filter,
    Hidden,
    Listing,
    choice,
    code,
    customer_code,
    day,
    equal,
    flag,
    name_or_code,
    on,
    one_of,
    part,
    sales_person,
    same,
    since,
    table,
    until,
    without,
)

SOLD = Hidden("SELECT i.invoice_id, p.description FROM invoice_items i JOIN products p ON p.id = i.product_id")
INVOICES = {
    "orderDateFrom": since("shipDate"),
    "orderDateTo": until("shipDate"),
    "customer": name_or_code("customerName", "customerCode", code_in_part=True),
    "customerId": same("customerId"),
    "carrierName": part("carrierName"),
    "carrierId": same("carrierId"),
    "product": part(SOLD),
    "order": same("number"),
    "orderId": same("id"),
    "locationId": same("locationId"),
}
CHANGED = since(table("invoices", "updated_on"))
SYNCED = flag(table("invoices", "external_system_synced"))
NO_TRANSFER = without(table("invoices", "is_transfer"), "1")
STANDING = Hidden("SELECT p.id, s.number FROM prebooks p JOIN standing_orders s ON s.id = p.standing_order_id")
PREBOOKS = {
    "prebook": same("number"),
    "customer": name_or_code("customerName", "customerCode"),
    "customerId": same("customerId"),
    "carrierName": part("carrierName"),
    "carrierId": same("carrierId"),
    "salesPersonId": same(sales_person("prebooks")),
    "soNumber": same(STANDING),
    "customerPONumber": code("customerPONumber"),
}
PREBOOK_BRANDS = Hidden("SELECT prebook_id, brand_id FROM prebook_items")

ORDERS: dict[str, Listing] = {
    "credit.details.list": Listing(
        {
            "creditDateFrom": since("creditDate"),
            "creditDateTo": until("creditDate"),
            "itemType": Filter(
                ("itemType",),
                lambda values, sent, _: sent == "all" or values[0] == sent,
                extra=("all",),
                lines="details",
            ),
            "status": choice("status"),
            "customer": name_or_code("customer", Hidden(customer_code("credits").sql, "creditId")),
            "customerId": same("customerId"),
            "carrierName": part("carrierName"),
            "carrierId": same("carrierId"),
            "product": part("product", lines="details"),
            "number": same("number"),
            "locationId": same("locationId"),
            "externalSystemSynced": flag("externalSystemSynced"),
        },
        bases=({"creditDateFrom": day(-31), "creditDateTo": day(0), "itemType": "all"},),
    ),
    "invoice.accounting.details.list": Listing(
        {
            "orderDateFrom": since("shipDate"),
            "orderDateTo": until("shipDate"),
            "status": Filter((table("invoices", "status"),), equal, lambda _: "1", ("0",)),
            "locationIds": one_of("locationId", ":"),
            "externalSystemSynced": SYNCED,
        },
        exempt={"excludeTransfer": "leaves out lines, not orders; see test_invoice_lists.py"},
        bases=(
            {"orderDateFrom": day(-29), "orderDateTo": day(2)},
            {"orderDateFrom": day(-61), "orderDateTo": day(-30)},
        ),
    ),
    "invoice.details.list": Listing(
        {
            **INVOICES,
            "orderDate": on("shipDate", alone=True),
            "status": Filter(("status",), equal, lambda _: "1", ("0",)),
            "locationIds": one_of("locationId", ","),
            "updatedAsOf": CHANGED,
            "excludeTransfer": NO_TRANSFER,
            "externalSystemSynced": SYNCED,
        },
        exempt={"includeMappingK2k": CONTENT},
        bases=tuple({"orderDateFrom": day(one), "orderDateTo": day(one + 4)} for one in (-20, -4, 1)),
    ),
    "invoice.list": Listing(
        {
            **INVOICES,
            "status": choice("status"),
            "isEcommerce": flag("isEcommerce"),
            "updatedAsOf": CHANGED,
            "excludeTransfer": NO_TRANSFER,
            "locationIds": one_of("locationId", ","),
        },
        bases=({"orderDateFrom": day(-120), "orderDateTo": day(30)},),
    ),
    "payment.list": Listing(
        {
            "dateFrom": since("date"),
            "dateTo": until("date"),
            "customer": name_or_code("customer", customer_code("payments")),
            "controlNumber": same("controlNumber"),
            "paymentMethod": code("method"),
            "invoiceNumber": same(
                Hidden("SELECT p.payment_id, i.number FROM payment_invoices p JOIN invoices i ON i.id = p.invoice_id")
            ),
            "checkReference": code("checkReference"),
            "updatedAsOf": since(table("payments", "updated_on")),
            "locationId": same(table("payments", "location_id")),
            "externalSystemSynced": flag(table("payments", "external_system_synced")),
        },
        bases=({"dateFrom": day(-28), "dateTo": day(0)},),
    ),
    "pick.ticket.scanning.status.list": Listing(
        {
            "orderDate": on("shipDate", alone=True),
            "orderId": same("orderId", alone=True),
            "customerId": same(table("invoices", "customer_id", "orderId")),
            "carrierId": same(table("invoices", "carrier_id", "orderId")),
            "locationId": same(table("invoices", "location_id", "orderId")),
        },
        bases=tuple({"orderDate": day(one)} for one in (-10, -3, -1, 0, 1)),
    ),
    "pickticket.details.list": Listing(
        {
            **INVOICES,
            "orderDate": on("shipDate", alone=True),
            "status": choice("status"),
        },
        bases=tuple({"orderDateFrom": day(one), "orderDateTo": day(one + 7)} for one in (-30, -7, 1)),
    ),
    "prebook.details.list": Listing(
        {
            **PREBOOKS,
            "date": on("truckDate"),
            "updatedAsOf": since(table("prebooks", "updated_on")),
            "vendorShipDateFrom": since("vendorShipDate", lines="details"),
            "vendorShipDateTo": until("vendorShipDate", lines="details"),
            "locationId": same("locationId"),
            "brandId": same("brandId", lines="details"),
            "unableToSource": flag(table("prebook_items", "unable_to_source", "prebookItemId"), lines="details"),
        },
        bases=({"vendorShipDateFrom": day(-40), "vendorShipDateTo": day(60)}, {"date": day(3)}),
    ),
    "prebook.list": Listing(
        {
            **PREBOOKS,
            "dateFrom": since("truckDate"),
            "dateTo": until("truckDate"),
            "CompanyLocationId": same("locationId"),
            "brandId": same(PREBOOK_BRANDS),
            "prebookStatus": code(table("prebooks", "prebook_status")),
            "isEcommerce": flag(table("prebooks", "is_ecommerce")),
            "checkOutStatus": flag(table("prebooks", "check_out_status")),
        },
        bases=({"dateFrom": day(-100), "dateTo": day(60)},),
    ),
    "purchase.order.list": Listing(
        {
            "date": on("shipDate", alone=True),
            "futureInventoryAvailableFrom": since(
                table("purchase_order_items", "available_from", "poItemId"), lines="details"
            ),
            "futureInventoryAvailableTo": until(
                table("purchase_order_items", "available_from", "poItemId"), lines="details"
            ),
            "vendor": name_or_code("vendorName", "vendorCode"),
            "vendorId": same("vendorId"),
            "customerId": same("customerId", lines="details"),
            "customerPONumber": code("customerPONumber", lines="details"),
            "product": part("productDescription", lines="details"),
            "number": one_of("number", ","),
            "origin": code("origin"),
            "prebook": same("prebook", lines="details"),
            "awbId": same(table("purchase_order_items", "awb_id", "poItemId"), lines="details"),
            "inboundTruckId": same(table("purchase_orders", "inbound_truck_id")),
            "locationId": same("locationId"),
            "status": choice("status", "Cancelled", "Pending Approval"),
            "statusLine": Filter(
                (table("purchase_order_items", "status_line", "poItemId"),),
                equal,
                extra=("Pending", "Confirmed", "Cancelled", "Partial Confirmed"),
                lines="details",
            ),
            "purchaseOrderItemIds": one_of("poItemId", ",", lines="details"),
        },
        exempt={"includeVendorAvailabilityDetails": CONTENT},
        bases=tuple({"date": day(one)} for one in (-10, -6, -2, 1, 2, 3)),
    ),
    "purchase.order.va.details.list": Listing(
        {
            "purchaseOrderNumbers": one_of("number", ","),
            "purchaseOrderItemIds": one_of("poItemId", ",", lines="details"),
            "shipDate": on("shipDate"),
        },
        bases=({"purchaseOrderNumbers": "31872,31873,31877,31878,31881"},),
    ),
    "standing.order.list": Listing(
        {
            "dateFrom": since("endDate", open_end=True),
            "dateTo": until("startDate"),
            "customer": name_or_code("customerName", customer_code("standing_orders")),
            "customerId": same(table("standing_orders", "customer_id")),
            "number": same("number"),
            "locationId": same(table("standing_orders", "location_id")),
            "status": Filter(
                ("status",), lambda values, sent, _: sent == "All" or values[0] == sent, extra=("All", "Cancelled")
            ),
        },
        bases=({"dateFrom": day(-400), "dateTo": day(400), "status": "All"},),
    ),
    "web-order-details.list": Listing(
        exempt={
            **dict.fromkeys(("customerId", "webOrderId", "companyLocationId"), SUBJECT),
            "statusId": "leaves the one order or none; see test_web_orders.py",
        }
    ),
}
