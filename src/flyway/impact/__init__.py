"""Did this farm, line or turbine change it? BACI, collision, carcasses, selection, food, land cover."""
