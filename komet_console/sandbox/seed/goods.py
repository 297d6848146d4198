"""What Bay Flowers Miami buys and sells: vendors, products and their packs, hard goods, vendor availability."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.builder import Builder, Pack, rounded
from komet_console.sandbox.seed.rows import Row
from komet_console.sandbox.seed.words import Category, Grower, words
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.costs import landed_cost

FBE = {cast.FB: Decimal(1), cast.HB: Decimal("0.5"), cast.EB: Decimal("0.125"), cast.QB: Decimal("0.25")}
_BOX_IDS = {"FB": cast.FB, "HB": cast.HB, "EB": cast.EB, "QB": cast.QB}

ROSE_50 = Pack(cast.RSFR50, cast.HB, FBE[cast.HB], "Bunch", 12, 25, Decimal("7.25"))
ROSE_60 = Pack(cast.RSFR60, cast.HB, FBE[cast.HB], "Bunch", 12, 25, Decimal("8.10"))
EXPLORER_60 = Pack(cast.EXPLORER60, cast.HB, FBE[cast.HB], "Bunch", 12, 25, Decimal("7.90"))
CARNATIONS = Pack(
    cast.CARAST, cast.QB, FBE[cast.QB], "Bunch", 20, 20, Decimal("4.10"), ((cast.CARRED, 10), (cast.CARWHT, 10))
)
RED_CARNATION = Pack(cast.CARRED, cast.QB, FBE[cast.QB], "Bunch", 20, 20, Decimal("3.90"))
WHITE_CARNATION = Pack(cast.CARWHT, cast.QB, FBE[cast.QB], "Bunch", 20, 20, Decimal("3.90"))


@dataclass(frozen=True, slots=True)
class Goods:
    """What growers grow. `growers`: vendor id, port of origin and packs of each."""

    growers: tuple[tuple[int, str, tuple[Pack, ...]], ...]


def seed_box_types(builder: Builder, first_id: int = cast.FB) -> None:
    """The company's box types: full, half, eighth and quarter."""
    for index, (code, fbe) in enumerate((("FB", "1"), ("HB", "0.5"), ("EB", "0.125"), ("QB", "0.25"))):
        builder.add(
            t.box_types,
            id=first_id + index,
            code=code,
            fbe=Decimal(fbe),
            komet_network_name=code,
            komet_network_id=710 + index,
        )


def seed_goods(builder: Builder) -> Goods:
    """Add vendors, products and hard goods; return who grows what."""
    seed_box_types(builder)
    by_category = _products(builder)
    growers = _vendors(builder, by_category)
    _hard_goods(builder)
    _price_list_prices(builder, by_category)
    return Goods(growers)


def _products(builder: Builder) -> dict[int, list[Pack]]:
    found: dict[int, list[Pack]] = {}

    def product(product_id: int | None, category_id: int, description: str, code: str, **values: Any) -> Row:
        return builder.add(
            t.products,
            **{
                "id": product_id,
                "category_id": category_id,
                "description": description,
                "legacy_code": code,
                "tags": "standard",
                "regions_of_origin": "Bogota",
                "updated_on": builder.moment(-90),
                **values,
            },
        )

    for category in words().categories:
        builder.add(
            t.categories,
            id=category.id,
            name=category.name,
            division_id=1,
            komet_network_name=category.name[:20],
            komet_network_id=category.network,
        )
    builder.add(t.categories, id=cast.GIFT_BOXES, name="Gift Boxes", division_id=1, active=False)
    freedom = {
        "variety": "Freedom",
        "color": "Red",
        "product_roll_up_code": "RSFR",
        "regions_of_origin": "Bogota,Quito",
    }
    product(cast.RSFR50, cast.ROSE, "Rose Freedom 50cm", "RSFR50", grade="50 cm", tags="standard,valentines", **freedom)
    product(cast.RSFR60, cast.ROSE, "Rose Freedom 60cm", "RSFR60", grade="60 cm", **freedom)
    product(cast.RSFR, cast.ROSE, "Rose Freedom", "RSFR", **{**freedom, "product_roll_up_code": None})
    product(cast.EXPLORER60, cast.ROSE, "Rose Explorer 60cm", "RSEX60K", variety="Explorer", color="Red", grade="60 cm")
    product(
        cast.CARAST,
        cast.CARNATION,
        "Carnation Assorted",
        "CARAST",
        variety="Assorted",
        color="Assorted",
        grade="Fancy",
        is_assorted=True,
        tags="standard,assorted",
    )
    product(cast.CARRED, cast.CARNATION, "Carnation Red", "CARRED", variety="Nelson", color="Red", grade="Fancy")
    product(
        cast.CARWHT, cast.CARNATION, "Carnation White", "CARWHT", variety="Moon Light", color="White", grade="Fancy"
    )
    builder.rows.start_ids(t.products, 235001)
    codes: set[str] = set()
    for category in words().categories:
        packs = found.setdefault(category.id, [])
        for color, varieties in category.varieties.items():
            for variety in varieties:
                low, high = category.cost
                base = low + (high - low) * builder.rng.randrange(11) / 10
                for index, grade in enumerate(category.grades):
                    row = product(
                        None,
                        category.id,
                        f"{category.name} {variety} {grade.replace(' cm', 'cm')}",
                        _code(category, variety, grade, codes),
                        variety=variety,
                        color=color,
                        grade=grade,
                        default_unit_type=category.unit,
                        active=builder.rng.random() > 0.02,
                        regions_of_origin=",".join(
                            {"BOG": "Bogota", "MDE": "Medellin", "UIO": "Quito"}[o] for o in category.origins
                        ),
                    )
                    packs.append(_pack(category, row["id"], base + category.step * index))
    return found


def _code(category: Category, variety: str, grade: str, taken: set[str]) -> str:
    letters = "".join(part[:3] for part in variety.upper().replace("&", "").split())[:6]
    digits = "".join(sign for sign in grade if sign.isdigit())[:3] or grade[:1].upper()
    code = f"{category.code}{letters}{digits}"
    while code in taken:
        code += "X"
    taken.add(code)
    return code


def _pack(category: Category, product_id: int, cost: Decimal) -> Pack:
    box = _BOX_IDS[category.box]
    return Pack(
        product_id, box, FBE[box], category.unit, category.bunches, category.stems, cost.quantize(Decimal("0.01"))
    )


def _vendors(builder: Builder, by_category: dict[int, list[Pack]]) -> tuple[tuple[int, str, tuple[Pack, ...]], ...]:
    def vendor(vendor_id: int, grower: Grower, country: str, mail: str | None = None, **values: Any) -> None:
        builder.add(
            t.vendors,
            **{
                "id": vendor_id,
                "name": grower.name,
                "code": grower.code,
                "port_origin": grower.origin,
                "phone1": f"601 555 {vendor_id}",
                "phone2": f"601 556 {vendor_id}",
                "web_page": f"www.{grower.code.lower()}.example",
                "email_for_pos": mail or f"sales@{grower.code.lower()}.example",
                "contact_name": f"{builder.rng.choice(words().first_names)} {builder.rng.choice(words().last_names)}",
                "street": f"Vereda {grower.city} km {vendor_id % 30}",
                "city": grower.city,
                "country": country,
                "cargo_master_code": f"CM{vendor_id}",
                "updated_on": builder.moment(-45),
                **values,
            },
        )

    vendor(
        cast.MONTE, Grower("MONTE", "Monteverde Flowers", "BOG", "Tocancipa"), "Colombia", "sales@monteverde.example"
    )
    vendor(cast.ALTAM, Grower("ALTAM", "Flores de Altamira", "BOG", "Sopo"), "Colombia")
    vendor(cast.TENJO, Grower("TENJO", "Altos de Tenjo", "BOG", "Tenjo"), "Colombia")
    vendor(cast.ROSOL, Grower("ROSOL", "Rosas del Sol", "UIO", "Cayambe"), "Ecuador")
    vendor(cast.RIBBON, Grower("RIBBON", "Ribbon & Box Supply", "MIA", "Miami"), "United States", vendor_type=3)
    vendor(cast.SABANA_FREIGHT, Grower("SABFRT", "Sabana Freight", "BOG", "Bogota"), "Colombia", vendor_type=2)
    vendor(
        cast.PARTNER_AS_VENDOR,
        Grower("ANDES", "Andes Rose Imports", "UIO", "Doral"),
        "United States",
        k2k_company_id=cast.PARTNER,
    )
    vendor(6331, Grower("OLDFM", "Old Farm of Sopo", "BOG", "Sopo"), "Colombia", active=False)
    builder.add(t.brands, id=cast.BRAND_MONTE, vendor_id=cast.MONTE, name="Monteverde Select")
    builder.add(t.brands, id=cast.BRAND_ALTAM, vendor_id=cast.ALTAM, name="Altamira")
    builder.add(t.vendor_product_aliases, vendor_id=cast.MONTE, product_id=cast.RSFR50, alias="Rosa Freedom 50")
    origins = {category.id: category.origins for category in words().categories}
    growers: list[tuple[int, str, tuple[Pack, ...]]] = [
        (cast.MONTE, "BOG", (ROSE_50, ROSE_60, CARNATIONS)),
        (cast.TENJO, "BOG", (CARNATIONS, RED_CARNATION, WHITE_CARNATION)),
    ]
    named = [(cast.ALTAM, "BOG"), (cast.ROSOL, "UIO")]
    for index, grower in enumerate(words().growers):
        vendor(5160 + index, grower, "Ecuador" if grower.origin == "UIO" else "Colombia")
        named.append((5160 + index, grower.origin))
    for vendor_id, origin in named:
        grown = [category_id for category_id, ports in origins.items() if origin in ports]
        chosen = builder.rng.sample(grown, min(3, len(grown)))
        packs = [
            pack
            for category_id in chosen
            for pack in builder.rng.sample(by_category[category_id], min(6, len(by_category[category_id])))
        ]
        growers.append((vendor_id, origin, tuple(packs)))
    return tuple(growers)


def _hard_goods(builder: Builder) -> None:
    add = builder.add
    add(t.categories, id=cast.RIBBONS, name="Ribbon", division_id=3)
    add(t.categories, id=311, name="Vases", division_id=3)
    add(t.categories, id=312, name="Sleeves", division_id=3)
    for product_id, tied_id, category_id, sub, description, color, sku, pack, cost in (
        (
            cast.RIBBON_PRODUCT,
            cast.RIBBON_VENDOR_PRODUCT,
            310,
            "Satin",
            "Blue satin ribbon",
            "Blue",
            "RIB-BLU-10",
            10,
            "2.20",
        ),
        (17433, 34825, 310, "Satin", "Red satin ribbon", "Red", "RIB-RED-10", 10, "2.20"),
        (17434, 34826, 310, "Organza", "White organza ribbon", "White", "RIB-WHT-12", 12, "2.75"),
        (17435, 34827, 311, "Glass", "Cylinder vase 20 cm", "Clear", "VAS-CYL-20", 6, "4.10"),
        (17436, 34828, 311, "Glass", "Cube vase 12 cm", "Clear", "VAS-CUB-12", 12, "2.90"),
        (17437, 34829, 312, "Paper", "Kraft sleeve 35 cm", "Brown", "SLV-KRA-35", 100, "0.12"),
    ):
        add(
            t.hardgood_products,
            id=product_id,
            category_id=category_id,
            subcategory=sub,
            description=description,
            color=color,
            image=f"https://images.bayflowers.example/{sku}.png",
        )
        price = rounded(Decimal(cost) * Decimal("1.5"))
        add(
            t.hardgood_vendor_products,
            id=tied_id,
            product_id=product_id,
            vendor_id=cast.RIBBON,
            sku=sku,
            pack_size=pack,
            case_upc=f"8500{tied_id}0016",
            unit_upc=f"8500{tied_id}0023",
            unit_cost=Decimal(cost),
            unit_price=price,
            unit_price_markup=Decimal(35),
            discount=Decimal(5),
            qty_for_discount=10,
        )
    for line_id, tied_id, quantity, cost in (
        (1313, 34824, 80, "2.20"),
        (1318, 34824, 40, "2.20"),
        (1319, 34825, 60, "2.20"),
        (1320, 34827, 48, "4.10"),
        (1321, 34829, 900, "0.12"),
    ):
        add(
            t.hardgood_inventory,
            id=line_id,
            vendor_product_id=tied_id,
            location_id=cast.MIAMI,
            quantity=quantity,
            unit_cost=Decimal(cost),
            unit_price=rounded(Decimal(cost) * Decimal("1.5")),
            added_on=builder.moment(-25),
        )


def _price_list_prices(builder: Builder, by_category: dict[int, list[Pack]]) -> None:
    for list_id, share in ((cast.WHOLESALE_A, "1.45"), (413, "1.60")):
        for pack in (ROSE_50, ROSE_60, CARNATIONS, *by_category[cast.ROSE][:12]):
            builder.add(
                t.price_list_items,
                price_list_id=list_id,
                product_id=pack.product_id,
                unit_type=pack.unit_type,
                price=rounded(pack.cost * Decimal(share)),
            )


def seed_availability(builder: Builder, goods: Goods) -> None:
    """What growers offer for the coming days, the fixed offers first."""

    def offer(vendor_id: int, origin: str, pack: Pack, boxes: int, start: int, end: int, **values: Any) -> None:
        landed = landed_cost(pack.cost, pack.units_per_box, pack.fbe, builder.rates[origin])
        row = builder.add(
            t.vendor_availability_items,
            **{
                "vendor_id": vendor_id,
                "location_id": builder.location_id,
                "offered_boxes": boxes,
                "unit_cost": pack.cost,
                "price": rounded(landed * Decimal("1.30")),
                "post_harvest": builder.rng.choice(words().post_harvest),
                "available_from": builder.day(start),
                "available_to": builder.day(end),
                "is_assorted": bool(pack.breakdown),
                **pack.columns(),
                **values,
            },
        )
        builder.breakdowns(t.vendor_availability_breakdowns, row["id"], pack, cost=pack.cost)

    offer(cast.MONTE, "BOG", ROSE_50, 20, -4, 1, id=428719, taken_boxes=10, post_harvest="Hydrated")
    offer(cast.MONTE, "BOG", ROSE_50, 30, 0, 6, id=cast.OFFER, price=Decimal("11.20"))
    for offer_id in cast.OFFER_ASSORTED:
        offer(cast.MONTE, "BOG", CARNATIONS, 12, 0, 6, id=offer_id, price=Decimal("6.60"), post_harvest="Dry pack")
    offer(
        cast.PARTNER_AS_VENDOR,
        "UIO",
        replace(EXPLORER_60, cost=Decimal("10.60")),
        14,
        0,
        7,
        id=cast.OFFER_K2K,
        price=Decimal("12.40"),
        k2k_company_id=cast.PARTNER,
        k2k_inventory_line_id=cast.PARTNER_LINE,
    )
    builder.rows.start_ids(t.vendor_availability_items, 429001)
    for vendor_id, origin, packs in goods.growers:
        for pack in builder.rng.sample(packs, min(2, len(packs))):
            start = builder.rng.randrange(0, 5)
            offer(vendor_id, origin, pack, builder.rng.randrange(6, 41), start, start + builder.rng.randrange(3, 10))
