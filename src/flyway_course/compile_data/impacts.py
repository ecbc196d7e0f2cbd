"""The packages of module 5: a simulated salt-pan project, and an invented wind farm."""

from __future__ import annotations

import inspect

from flyway.simulate import basins, flights
from flyway_course.compile_data.simulated import recipe, rows_of
from flyway_course.compile_data.writing import Package, Table, column, link

SALT_PAN_SEED, FLIGHT_SEED = 31, 12
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
IN_FLIGHT = 0.15  # cranes in flight per km² by day, November to March: assumed
#: Where a parameter that was not assumed was read. Keys beginning with S are those of the references.
SOURCES = (
    ("S130", "Report of two GPS-tracked Black-faced Spoonbills changing course at offshore wind farms, "
     "Yellow Sea crossing (journal note, re-posted).",
     "https://documents4926.rssing.com/chan-75419004/article209.html"),
    ("S132", "Bird Research News 4(1), 2007, Hooded Crane.",
     "https://docslib.org/doc/1496931/hooded-crane-nabe-zuru-jpn-grus-monacha"),
    ("S133", "Birding Mongolia, Hooded Crane.",
     "http://birdingmongolia.mn/Bird_Details.aspx?ItemID=123"),
    ("Alerstam1975", "Alerstam T 1975. Crane Grus grus migration over sea and land. Ibis.",
     "https://doi.org/10.1111/j.1474-919x.1975.tb04241.x"),
)  # fmt: skip
#: Parameter, value, lowest, highest, unit, basis, source, note.
WIND = (
    ("length_m", 1.00, 0.91, 1.00, "m", "published", "S132", "Body length, Hooded Crane."),
    ("wingspan_m", 1.70, 1.60, 1.80, "m", "published", "S133",
     "Middle of the published range, Hooded Crane."),
    ("speed_m_s", 18.6, 12.2, 19.4, "m/s", "borrowed", "Alerstam1975",
     "Common Crane over the sea, 67 km/h; over land with soaring 44 km/h, between thermals 70 km/h."),
    ("rotor_radius_m", 66.5, None, None, "m", "published", "S130",
     "From a typical blade zone of 22 to 155 m."),
    ("hub_height_m", 88.5, None, None, "m", "published", "S130", "Middle of the same blade zone."),
    ("rpm", 10.0, 6.0, 12.0, "turns per minute", "assumed", None, "Ask the maker."),
    ("max_chord_m", 4.2, 3.5, 5.0, "m", "assumed", None, "Widest part of the blade. Ask the maker."),
    ("pitch_deg", 15.0, 5.0, 30.0, "degrees", "assumed", None, "Angle of the blade to the rotor disc."),
    ("turbines", 10.0, None, None, "turbines", "assumed", None, "The farm is invented."),
    ("latitude", 35.0, None, None, "degrees north", "assumed", None, "For the length of the day."),
    ("operating", 0.85, 0.70, 0.95, "share of time", "assumed", None, "Share of time that rotors turn."),
    ("share_at_height", 0.20, 0.05, 0.40, "share of flights", "assumed", None,
     "We found no distribution of flight heights near turbines for the three species."),
    ("avoidance", 0.98, 0.95, 0.999, "share of birds", "assumed", None,
     "We found no measured rate for the three species."),
    ("cranes_feeding_near", 300.0, None, None, "birds", "assumed", None,
     "Cranes that feed on the fields around the turbines on a winter day."),
)  # fmt: skip


def build_salt_pan_counts() -> Package:
    """Package `salt_pan_counts`: seven basins, ten winters, panels in one of them, and the truth."""
    maker = basins.salt_pan_counts
    made = maker(seed=SALT_PAN_SEED)
    basin = column("basin", "string", "Invented basin.", required=True, enum=list(basins.LEVELS))
    winter = column("winter", "integer", "Number of the winter; panels stand from winter 6 on.",
                    required=True, unit="winter", minimum=1, maximum=10)  # fmt: skip
    counts = Table("counts", "Simulated winter counts", [
        basin,
        column("treatment", "string", "impact: the basin that gets panels. control: no panels.",
               required=True, enum=["impact", "control"]),
        winter,
        column("period", "string", "before or after the panels were built.", required=True,
               enum=["before", "after"]),
        column("spoonbills", "integer", "Mean of four counts at high tide in January.", required=True,
               unit="birds", minimum=0),
    ], rows_of(made.counts), ["basin", "winter"])  # fmt: skip
    truth = Table("truth", "The truth: birds expected with and without the project", [
        basin,
        winter,
        column("without_project", "number", "Birds expected if no panels had been built.",
               required=True, unit="birds", minimum=0),
        column("expected", "number", "Birds expected as things were.", required=True, unit="birds",
               minimum=0),
    ], rows_of(made.truth), ["basin", "winter"])  # fmt: skip
    return Package(
        name="salt_pan_counts",
        title="Simulated spoonbill counts in salt-pan basins with and without solar panels",
        description=(
            "Counts made by a program: seven basins, ten winters, panels in one basin from winter 6 "
            "on, which then holds 0.6 times the birds that it would hold without. No real basin, "
            "company or place is meant. Units: birds."
        ),
        about=(inspect.getdoc(maker) or "").split("\n\nParameters")[0],
        tables=[counts, truth],
        truth="simulated",
        extra={"simulation": recipe(maker, seed=SALT_PAN_SEED) | {"levels": basins.LEVELS}},
    )


def build_wind_parameters() -> Package:
    """Package `wind_parameters`: bird, turbine, farm and survey, each sourced or assumed."""
    names = ("parameter", "value", "low", "high", "unit", "basis", "source", "note")
    rows = [dict(zip(names, row, strict=True)) for row in WIND]
    parameters = Table("parameters", "Bird, turbine, farm and survey", [
        column("parameter", "string", "Name, with its unit.", required=True, unique=True),
        column("value", "number", "The value to use.", required=True, unit="see column unit"),
        column("low", "number", "Lowest value to try.", unit="see column unit"),
        column("high", "number", "Highest value to try.", unit="see column unit"),
        column("unit", "string", "Unit of the value.", required=True),
        column("basis", "string", "published: read in a source. borrowed: published for another "
               "species. assumed: ours.", required=True, enum=["published", "borrowed", "assumed"]),
        column("source", "string", "Key of the source; blank where assumed."),
        column("note", "string", "What one should know about it."),
    ], rows, ["parameter"], [link("source", "references", "key")])  # fmt: skip
    wintering = {"Nov", "Dec", "Jan", "Feb", "Mar"}
    density = Table("density", "Cranes in flight by day, as an invented survey found them", [
        column("month", "string", "Month.", required=True, unique=True, enum=list(MONTHS)),
        column("birds_km2", "number", "Cranes in flight by day at any height.", required=True,
               unit="birds per km²", minimum=0),
    ], [{"month": m, "birds_km2": IN_FLIGHT if m in wintering else 0.0} for m in MONTHS],
        ["month"])  # fmt: skip
    maker = flights.flights_by_hour
    hours = Table("flights", "Simulated flights past a point, hour by hour", [
        column("day", "integer", "Number of the winter day.", required=True, unit="day", minimum=1),
        column("hour", "integer", "Hour in which they passed (its beginning).", required=True,
               unit="hour", minimum=0, maximum=23),
        column("light", "string", "day, twilight or night.", required=True,
               enum=["day", "twilight", "night"]),
        column("flights", "integer", "Cranes that passed.", required=True, unit="birds", minimum=0),
    ], rows_of(maker(seed=FLIGHT_SEED)), ["day", "hour"])  # fmt: skip
    references = Table("references", "Where the parameters that are not assumed were published", [
        column("key", "string", "Key of the source.", required=True, unique=True),
        column("citation", "string", "Full citation.", required=True),
        column("url", "string", "Address where the text was read."),
    ], [dict(zip(("key", "citation", "url"), row, strict=True)) for row in SOURCES],
        ["key"])  # fmt: skip
    return Package(
        name="wind_parameters",
        title="An invented wind farm near a crane roost: parameters and flights",
        description=(
            "Parameters of a bird, a turbine and a farm, each published, borrowed from another species, "
            "or assumed; and simulated flights by hour of the day. The farm does not exist, and no "
            "company or place is meant."
        ),
        about=(inspect.getdoc(flights) or ""),
        tables=[parameters, density, hours, references],
        truth="simulated",
        extra={"simulation": recipe(maker, seed=FLIGHT_SEED)},
    )
