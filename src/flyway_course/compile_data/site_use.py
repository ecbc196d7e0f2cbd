"""Table `site_species`: which species uses which site for what, as far as the facts say."""

from __future__ import annotations

from flyway_course.compile_data.writing import Row, Table, column, link, source_keys

SPECIES = {
    "BFS": ("Black-faced Spoonbill", "Platalea minor"),
    "WNC": ("White-naped Crane", "Antigone vipio"),
    "HC": ("Hooded Crane", "Grus monacha"),
}
ROLES = ["breeding", "passage", "wintering"]
# The fact file says "HC (passage)" or "HC (summering)": birds that do not breed there.
OWN_ROLE = {("KR03", "HC"): ["passage"], ("MN01", "HC"): ["passage"], ("MN03", "HC"): ["passage"]}
# North of this latitude no site is known where spoonbills winter in numbers: FACTS.md calls Jeju
# (33.5 N) the northernmost regular wintering place of the Republic of Korea.
BFS_WINTER_LIMIT = 34.0


def site_species(sites: list[Row]) -> Table:
    """Table with one row per site, species and role, from the rows of the table `sites`."""
    made = []
    for site in sites:
        codes, roles = site["species"].split("; "), _plain_roles(site["role"])
        for code in codes:
            kept = OWN_ROLE.get((site["site_id"], code)) or _roles_of(
                code, codes, roles, site["lat"]
            )
            sure = (
                site["confidence"] == "confirmed"
                and kept == roles
                and 1 in (len(codes), len(roles))
            )
            for role in kept:
                one = {"site_id": site["site_id"], "species": code, "role": role}
                one |= {"basis": "published" if sure else "approximate", "source": site["source"]}
                made.append(one | {"reason": "" if sure else _reason(code, codes, site)})
    fields = [
        column("site_id", "string", "Identifier of the site.", required=True),
        column("species", "string", "Code of the species.", required=True, enum=list(SPECIES)),
        column("role", "string", "What the species does there.", required=True, enum=ROLES),
        column("basis", "string", "Printed for this species, or our reading.", required=True,
               enum=["published", "approximate"]),
        source_keys("Keys of the sources of the site, `; ` between them."),
        column("reason", "string", "Why the row is approximate."),
    ]  # fmt: skip
    links = [link("site_id", "sites", "site_id"), link("species", "species", "species")]
    title = "Which species uses which site for what"
    return Table("site_species", title, fields, made, ["site_id", "species", "role"], links)


def _plain_roles(text: str) -> list[str]:
    """The three roles of the calendar, from the wording of the fact file."""
    words = {"staging": "passage", "summering": "passage", "feeding": "breeding",
             "breeding-season feeding": "breeding"}  # fmt: skip
    found = {words.get(word, word) for word in text.split("; ")}
    return [role for role in ROLES if role in found]


def _roles_of(code: str, codes: list[str], roles: list[str], lat: float) -> list[str]:
    """Roles of one species at a site whose roles are given for all its species together."""
    kept = list(roles)
    if code != codes[0] and "breeding" in kept:  # the main species breeds, the others rest
        kept.remove("breeding")
        kept = kept or ["passage"]
    if code == "BFS" and lat > BFS_WINTER_LIMIT and "wintering" in kept:
        kept.remove("wintering")
        kept = kept or ["passage"]
    return kept


def _reason(code: str, codes: list[str], site: Row) -> str:
    if (site["site_id"], code) in OWN_ROLE:
        return "The fact file says: summering or passage only."
    if site["confidence"] == "needs-check":
        return "The use of the site needs a check."
    if len(codes) > 1:
        return "The fact file gives the roles of the site, not those of each species."
    return f"The sources confirm part of it: {site['confidence_note']}."
