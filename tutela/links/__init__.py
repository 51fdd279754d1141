"""Links and names: found as people write them, and judged for what they pass for. Pure: nothing is ever opened.

from tutela.links import find, inspect, inspect_name

inspect("log in at https://murmura-verify.example/login", platform=load_platform("examples/murmura.toml"))
"""

from tutela.links.address import Address, parse
from tutela.links.feeds import Feed, Feeds, load_feeds
from tutela.links.find import Found, find
from tutela.links.inspect import inspect, judge
from tutela.links.names import inspect_mentions, inspect_name

__all__ = [
    "Address",
    "Feed",
    "Feeds",
    "Found",
    "find",
    "inspect",
    "inspect_mentions",
    "inspect_name",
    "judge",
    "load_feeds",
    "parse",
]
