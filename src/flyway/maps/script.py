"""What a map of sites does in the browser: base map, marks, list of layers, fingers and wheels."""

from __future__ import annotations

SCRIPT = """
{% macro script(this, kwargs) %}
(function () {
  var map = {{ this._parent.get_name() }}, d = {{ this.data }};
  map.attributionControl.setPrefix(false);
  L.control.scale({imperial: false}).addTo(map);
  var bases = {}, overlays = {};
  if (window.flywayLand) {
    bases["Land only (works offline)"] = L.geoJSON(window.flywayLand, {
      interactive: false, attribution: d.note,
      style: function (f) { return {className: "fw-" + f.properties.kind, weight: 0.7}; }
    }).addTo(map);
  }
  if (d.tiles) {
    var online = L.tileLayer("https://tile.openstreetmap.org/{z}/{x}/{y}.png", {
      maxZoom: 12, attribution: '&copy; <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors'
    });
    bases["OpenStreetMap (needs internet)"] = online;
    if (!window.flywayLand) online.addTo(map);
  }
  d.groups.forEach(function (g) {
    var layer = L.layerGroup().addTo(map);
    g.sites.forEach(function (s) {
      var size = s.coarse ? 40 : 24;
      var marker = L.marker([s.lat, s.lon], {riseOnHover: true, icon: L.divIcon({
        className: "fw-mark" + (s.coarse ? " fw-coarse" : ""), html: g.icon,
        iconSize: [size, size], iconAnchor: [size / 2 - s.shift, size / 2]
      })});
      marker.on("add", function () { marker.getElement().setAttribute("aria-label", s.label); });
      marker.on("popupopen", function () { marker.closeTooltip(); });
      marker.bindTooltip(s.tip).bindPopup(s.popup, {maxWidth: 260}).addTo(layer);
    });
    overlays['<span class="fw-key">' + g.icon + "</span>" + g.name] = layer;
  });
  letThePagePast();
  var list = L.control.layers(d.tiles ? bases : {}, overlays, {collapsed: false}).addTo(map);
  // On a narrow screen the list of layers hides the north: the sites are fitted below it.
  // Below, the scale stands on the words about borders.
  var narrow = map.getSize().x < 600, top = narrow ? list.getContainer().offsetHeight + 16 : 28;
  map.fitBounds(d.bounds, {
    paddingTopLeft: [28, top], paddingBottomRight: [28, narrow ? 72 : 36], maxZoom: 7, animate: false
  });

  // A finger on its way down the page, or a wheel, must get past the map. On touch screens one finger
  // scrolls the page and two move the map, until the reader asks to move it with one. The wheel zooms
  // when the map has been chosen.
  function letThePagePast() {
    map.scrollWheelZoom.disable();
    map.on("focus click", function () { map.scrollWheelZoom.enable(); });
    map.on("blur mouseout", function () { map.scrollWheelZoom.disable(); });
    if (!window.matchMedia("(pointer: coarse)").matches) return;
    map.dragging.disable();
    var move = L.control({position: "topleft"});
    move.onAdd = function () {
      var bar = L.DomUtil.create("div", "leaflet-bar fw-move");
      var button = L.DomUtil.create("button", "", bar);
      button.type = "button";
      button.textContent = "Move";
      button.setAttribute("aria-label", "Move the map with one finger");
      button.setAttribute("aria-pressed", "false");
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(button, "click", function () {
        var on = !map.dragging.enabled();
        map.dragging[on ? "enable" : "disable"]();
        button.setAttribute("aria-pressed", String(on));
      });
      return bar;
    };
    move.addTo(map);
  }
})();
{% endmacro %}
"""
