"""Checks what no container engine is needed for: that Prometheus, alerts and dashboards fit the containers and metrics.

Called by .ci/lint-containers with the resolved compose file (JSON) on stdin. Every query is parsed; every metric and
label it asks for stands in docker/metrics.txt; every target is a service that listens on that port; every file that a
container mounts is there; panels lie side by side and ask the data source that is provisioned.
"""

import json
import re
import sys
from pathlib import Path

import promql_parser
import yaml

DOCKER = Path(__file__).resolve().parent.parent / "docker"
# What Prometheus adds to every series, and what it makes itself.
ADDED = {"job", "instance", "service"}
PROMETHEUS_OWN = {"up": set(), "ALERTS": {"alertname", "alertstate"}}
faults = []


def fault(where, text):
    faults.append(f"{where}: {text}")


def metrics():
    """Name of a series -> its labels."""
    known = dict(PROMETHEUS_OWN)
    for line in (DOCKER / "metrics.txt").read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        name, kind, *labels = line.split()
        if kind == "histogram":
            known |= {f"{name}_bucket": {*labels, "le"}, f"{name}_sum": set(labels), f"{name}_count": set(labels)}
        else:
            known[name] = set(labels)
    return known


def parts(expression):
    """An expression and all that it is made of."""
    yield expression
    for name in ("lhs", "rhs", "expr", "param", "args", "vector_selector", "vs"):
        below = getattr(expression, name, None)
        for part in below if isinstance(below, list) else [below]:
            if isinstance(part, promql_parser.Expr) or type(part).__module__ == "promql_parser":
                yield from parts(part)


def check_query(where, query, known):
    # Grafana's own variables, as it would fill them in.
    filled = query.replace("$__rate_interval", "1m").replace("$stage", ".*")
    if "$" in filled:
        fault(where, f"an unknown variable in `{query}`")
    try:
        parsed = promql_parser.parse(filled)
    except ValueError as error:
        fault(where, f"`{query}` cannot be parsed: {error}")
        return
    names = {name for part in parts(parsed) if (name := getattr(part, "name", None))}
    # A selector within a range is hidden from Python; its name is not.
    names |= set(re.findall(r"\bkiosque_\w+", filled))
    if not names:
        fault(where, f"`{query}` asks for no metric")
    for name in sorted(names - known.keys()):
        fault(where, f"`{name}` is not in docker/metrics.txt")
    labels = set().union(*(known.get(name, set()) for name in names)) | ADDED
    used = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=(?!=))\s*\"", filled))
    for group in re.findall(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)", filled):
        used |= {label.strip() for label in group.split(",") if label.strip()}
    for label in sorted(used - labels):
        fault(where, f"no metric of `{query}` has the label `{label}`")


def check_alerts(known):
    names = set()
    for group in yaml.safe_load((DOCKER / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            where = f"alerts.yml: {rule.get('alert')}"
            if rule["alert"] in names:
                fault(where, "twice")
            names.add(rule["alert"])
            check_query(where, rule["expr"], known)
            if not re.fullmatch(r"\d+[smhd]", rule["for"]) or rule["labels"]["severity"] not in ("page", "ticket"):
                fault(where, "`for` or `severity` is not as usual")
            if not {"summary", "description"} <= rule["annotations"].keys():
                fault(where, "it has no summary or description")
            operations = (DOCKER.parent / "docs/operations.md").read_text()
            if f"`{rule['alert']}`" not in operations:
                fault(where, "docs/operations.md does not say what to do")


def check_targets(compose):
    config = yaml.safe_load((DOCKER / "prometheus.yml").read_text())
    for file in config["rule_files"]:
        if not (DOCKER / file).is_file():
            fault("prometheus.yml", f"no file `{file}`")
    seen = set()
    for job in config["scrape_configs"]:
        for found in job.get("dns_sd_configs", []):
            for name in found["names"]:
                seen.add(name)
                command = compose["services"].get(name, {}).get("command") or []
                if f"0.0.0.0:{found['port']}" not in command:
                    fault("prometheus.yml", f"no service `{name}` listens on {found['port']}")
    ours = {name for name, service in compose["services"].items() if "--listen" in (service.get("command") or [])}
    for name in sorted(ours - seen):
        fault("prometheus.yml", f"service `{name}` is not asked")
    alerts = (DOCKER / "alerts.yml").read_text()
    for name in sorted(ours):
        if f'service="{name}"' not in alerts:
            fault("alerts.yml", f"nobody is told when `{name}` is down")


def check_services(compose):
    for name, service in compose["services"].items():
        where = f"compose.yaml: {name}"
        for volume in service.get("volumes", []):
            if volume["type"] == "bind" and not Path(volume["source"]).exists():
                fault(where, f"`{volume['source']}` is not there")
        if not re.search(r":v?\d|:dev$", service["image"]):
            fault(where, f"`{service['image']}` names no version")
        for key in ("mem_limit", "cpus", "restart", "cap_drop", "security_opt", "healthcheck", "logging"):
            # The image of the stages brings their check.
            if key not in service and not (key == "healthcheck" and "build" in service):
                fault(where, f"it has no `{key}`")
        for port in service.get("ports", []):
            if port.get("host_ip") != "127.0.0.1":
                fault(where, "it is published beyond this machine")


def check_dashboard(path, known):
    board = json.loads(path.read_text())
    sources = yaml.safe_load((DOCKER / "grafana/provisioning/datasources/prometheus.yaml").read_text())
    uids = {source["uid"] for source in sources["datasources"]}
    numbers, cells = set(), {}
    for panel in board["panels"]:
        where = f"{path.name}: {panel['title']}"
        if panel["id"] in numbers:
            fault(where, "its number is another panel's too")
        numbers.add(panel["id"])
        grid = panel["gridPos"]
        if grid["x"] + grid["w"] > 24:
            fault(where, "it is wider than the board")
        for x in range(grid["x"], grid["x"] + grid["w"]):
            for y in range(grid["y"], grid["y"] + grid["h"]):
                if cells.setdefault((x, y), panel["title"]) != panel["title"]:
                    fault(where, f"it lies over `{cells[x, y]}`")
                    return
        if panel["type"] == "row":
            continue
        if not panel.get("description"):
            fault(where, "it says not what it shows")
        for target in panel["targets"]:
            if target["datasource"]["uid"] not in uids:
                fault(where, "its data source is not provisioned")
            check_query(where, target["expr"], known)
    for note in board["annotations"]["list"]:
        check_query(f"{path.name}: {note['name']}", note["expr"], known)


def main():
    compose = json.load(sys.stdin)
    known = metrics()
    check_services(compose)
    check_targets(compose)
    check_alerts(known)
    boards = sorted((DOCKER / "grafana/dashboards").glob("*.json"))
    for path in boards:
        check_dashboard(path, known)
    queries = "".join(path.read_text() for path in [DOCKER / "alerts.yml", *boards])
    for name in sorted(known.keys() - PROMETHEUS_OWN.keys()):
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        if family not in queries:
            fault("metrics.txt", f"nobody looks at `{name}`")
    for text in faults:
        print(text, file=sys.stderr)
    return 1 if faults else 0


sys.exit(main())
