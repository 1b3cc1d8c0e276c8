"""What a reference system is called."""

from __future__ import annotations

from functools import cache


@cache
def crs_name(crs: str) -> str:
    """EPSG:4326 and the like, else the name of the reference system."""
    from pyproj import CRS

    system = CRS.from_user_input(crs)
    if known := system.to_authority():
        return ":".join(known)
    if system.name != "unknown" or system.coordinate_operation is None:
        return str(system.name)
    values = {p.name: p.value for p in system.coordinate_operation.params}
    places = [f"{v:g}°" for n, v in values.items() if n.startswith(("Latitude", "Longitude"))]
    return f"{system.coordinate_operation.method_name} ({', '.join(places)})"
