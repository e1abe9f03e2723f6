"""Where an address is, asked of a service that the user has chosen, through geopy.

Off until somebody switches it on and names the service; asked only on request, one address after
the other, with a pause between. What is sent is the text of the address (`plain_question`: no
number that could be a phone or an identity, no name) and the key of the service. What comes back is
a proposal: nothing is kept until somebody accepts it.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from planner.domain.codes import Grade
from planner.domain.datum import BD09, WGS84, to_wgs84
from planner.errors import PlannerError
from planner.geo.gazetteer import Place
from planner.geo.gazetteer_find import Candidate
from planner.geo.http_engine import check_url

SERVICES: Final = ("nominatim", "photon", "pelias", "baidu")
USUAL: Final = {
    "nominatim": "https://nominatim.openstreetmap.org", "photon": "https://photon.komoot.io",
    "pelias": "", "baidu": "https://api.map.baidu.com",
}  # fmt: skip
NEEDS_KEY: Final = frozenset({"baidu"})
TIMEOUT: Final = 10.0  # seconds for one question
PAUSE: Final = 1.1  # seconds between two: public servers allow one a second
MOST: Final = 5
ONLINE: Final = "online:"  # begins the source of a position from such a service
LONGEST: Final = 120  # characters of a question
_NUMBERS = re.compile(r"\d[\d\s\-]{5,}\d[\dXx]?")
# What services call a place -> how exact its position is; anything else is at best a township.
_WORDS: Final = {
    Grade.DOOR: "house building address venue house_number apartments amenity",
    Grade.STREET: "street road residential highway intersection 道路 交叉路口 门址",
    Grade.VILLAGE: "village hamlet neighbourhood quarter locality farm 村庄 社区 小区",
    Grade.TOWNSHIP: "town suburb township borough localadmin 乡镇",
    Grade.COUNTY: "county district city municipality state region country province 区县 城市 省",
}
_GRADES: Final = {word: grade for grade, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Service:
    """Which service is asked, where it is and with what key; `on` = the user has switched it on."""

    kind: str = "nominatim"
    url: str = USUAL["nominatim"]
    key: str = ""
    on: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A proposal: where the service says the address is (WGS-84), how exact, in its words."""

    lat: float
    lon: float
    grade: Grade
    title: str
    datum: str = WGS84

    def offer(self, service: str) -> Candidate:
        """The same as an offer, for the list of offers."""
        kind = self.grade.name.lower()
        place = Place(self.title, "", "", kind, self.lat, self.lon, source=f"{ONLINE}{service}")
        return Candidate(place, kind)


def check_service(service: Service) -> Service:
    """The service as it is kept. PlannerError("geocode.kind"), ("server.url"), ("geocode.key")."""
    if service.kind not in SERVICES:
        raise PlannerError("geocode.kind")
    if service.kind in NEEDS_KEY and service.on and not service.key.strip():
        raise PlannerError("geocode.key")
    return Service(service.kind, check_url(service.url), service.key.strip(), service.on)


def plain_question(text: str, names: tuple[str, ...] = ()) -> str:
    """The address as it may leave the machine: without the names given and without long numbers."""
    for name in names:
        if len(name) > 1:
            text = text.replace(name, " ")
    return " ".join(_NUMBERS.sub(" ", text).split())[:LONGEST]


def ask(service: Service, question: str, *, pause: float = PAUSE) -> tuple[Hit, ...]:
    """Up to MOST proposals for one address; waits until `pause` seconds after the question before.

    PlannerError: "geocode.off", "geocode.empty", "geocode.unreachable", "geocode.refused" (the key,
    or too many questions), "geocode.garbled".
    """
    if not service.on:
        raise PlannerError("geocode.off")
    if not question.strip():
        raise PlannerError("geocode.empty")
    from geopy.exc import GeocoderServiceError, GeopyError  # not at every start

    try:
        one_only = service.kind == "baidu"  # it never tells of more
        found = _limited(service, pause)(question, exactly_one=one_only)
        told = [found] if one_only and found else list(found or ())
        return tuple(_hit(service.kind, one) for one in told[:MOST])
    except GeocoderServiceError as error:
        raise PlannerError(_code(error), host=urlsplit(service.url).hostname or "") from None
    except (GeopyError, ValueError, KeyError, TypeError, AttributeError):
        raise PlannerError("geocode.garbled") from None


def _code(error: Exception) -> str:
    from geopy import exc

    refused = (exc.GeocoderAuthenticationFailure, exc.GeocoderInsufficientPrivileges,
               exc.GeocoderQuotaExceeded, exc.GeocoderQueryError)  # fmt: skip
    return "geocode.refused" if isinstance(error, refused) else "geocode.unreachable"


@lru_cache(maxsize=4)
def _limited(service: Service, pause: float) -> Callable[..., Any]:
    """The service's question with the pause that all askers share."""
    from geopy.extra.rate_limiter import RateLimiter

    logging.getLogger("geopy").setLevel(logging.CRITICAL)  # its records hold the question
    limited: Callable[..., Any] = RateLimiter(
        _geocoder(service).geocode, min_delay_seconds=pause, max_retries=0,
        error_wait_seconds=pause, swallow_exceptions=False,
    )  # fmt: skip
    return limited


def _geocoder(service: Service) -> Any:
    from geopy import geocoders

    parts = urlsplit(service.url)
    where = {"domain": parts.netloc + parts.path, "scheme": parts.scheme}
    usual = {"user_agent": "fairvisit", "timeout": TIMEOUT}
    match service.kind:
        case "nominatim":
            return geocoders.Nominatim(**where, **usual)
        case "photon":
            return geocoders.Photon(**where, **usual)
        case "pelias":
            return geocoders.Pelias(api_key=service.key or None, **where, **usual)
        case _:
            made = geocoders.BaiduV3(api_key=service.key, scheme=parts.scheme, **usual)
            made.api = service.url + geocoders.BaiduV3.api_path
            return made


def _hit(kind: str, found: Any) -> Hit:
    raw = found.raw
    about = raw.get("properties", raw) if isinstance(raw, dict) else {}
    words = [about.get(name, "") for name in
             ("addresstype", "layer", "osm_value", "type", "level", "class")]  # fmt: skip
    grades = [_GRADES[word] for word in words if isinstance(word, str) and word in _GRADES]
    datum = BD09 if kind == "baidu" else WGS84
    lat, lon = to_wgs84(datum, float(found.latitude), float(found.longitude))
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise ValueError("no position")
    title = str(found.address or "")[:LONGEST]
    return Hit(round(lat, 6), round(lon, 6), grades[0] if grades else Grade.TOWNSHIP, title, datum)
