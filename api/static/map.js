// Maps without tiles: municipalities as polygons, names of settlements and streets; tiles only where a server is set.
"use strict";

function pin(number) {
  return L.divIcon({ className: "map-pin", html: `<b>${number}</b>`, iconSize: [30, 30], iconAnchor: [15, 34] });
}

function addLabels(map, labels) {
  const shown = L.layerGroup().addTo(map);
  const draw = () => {
    shown.clearLayers();
    const zoom = map.getZoom();
    const bounds = map.getBounds();
    const taken = [];
    for (const [latitude, longitude, name, kind] of labels) {
      if (kind === 1 && zoom < 15) continue;
      if (kind === 0 && zoom < 7) continue;
      if (!bounds.contains([latitude, longitude])) continue;
      const at = map.latLngToContainerPoint([latitude, longitude]);
      const width = name.length * 7;
      if (taken.some(([x, y, w]) => Math.abs(x - at.x) < (w + width) / 2 && Math.abs(y - at.y) < 18)) continue;
      taken.push([at.x, at.y, width]);
      const className = kind === 0 ? "map-label map-label-town" : "map-label";
      const icon = L.divIcon({ className, html: "" });
      const marker = L.marker([latitude, longitude], { icon, interactive: false, keyboard: false }).addTo(shown);
      marker.getElement().textContent = name;
      if (taken.length > 120) break;
    }
  };
  map.on("moveend", draw);
  draw();
}

async function openMap(element) {
  const map = L.map(element, { attributionControl: Boolean(element.dataset.tiles), scrollWheelZoom: true });
  if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 19 }).addTo(map);
  const points = JSON.parse(element.dataset.points || "[]");
  const [areas, labels] = await Promise.all(
    ["municipalities.geojson", "labels.json"].map((name) =>
      fetch(`/map/${element.dataset.map}/${name}`).then((answer) => answer.json()),
    ),
  );
  const style = { color: "#5d7f95", weight: 1.5, fillColor: "#fff", fillOpacity: element.dataset.tiles ? 0 : 0.75 };
  const polygons = L.geoJSON(areas, { style, interactive: false }).addTo(map);
  const town = labels.find((label) => label[3] === 0);
  if (points.length === 1) map.setView([points[0].latitude, points[0].longitude], 16);
  else if (points.length) map.fitBounds(points.map((point) => [point.latitude, point.longitude]), { padding: [40, 40], maxZoom: 16 });
  else if (element.hasAttribute("data-pick") && town) map.setView([town[0], town[1]], 11);
  else if (polygons.getLayers().length) map.fitBounds(polygons.getBounds());
  else map.setView([60, 75], 3);
  if (!element.dataset.tiles) addLabels(map, labels);
  for (const point of points) L.marker([point.latitude, point.longitude], { icon: pin(point.number), alt: `Проблема ${point.number}` }).addTo(map);
  return map;
}

// The citizen's form: one click puts the mark, which fills the hidden fields.
function pickForForm(map, element) {
  const form = element.closest("form");
  const [latitude, longitude] = [form.elements.latitude, form.elements.longitude];
  const clear = form.querySelector("[data-clear-point]");
  let mark = null;
  const put = (at) => {
    if (mark) mark.remove();
    mark = at ? L.marker(at, { icon: pin("") }).addTo(map) : null;
    latitude.value = at ? at.lat.toFixed(6) : "";
    longitude.value = at ? at.lng.toFixed(6) : "";
    clear.hidden = !at;
  };
  if (latitude.value) {
    put(L.latLng(Number(latitude.value), Number(longitude.value)));
    map.setView(mark.getLatLng(), 15);
  }
  map.on("click", (event) => put(event.latlng));
  clear.addEventListener("click", () => put(null));
}

// The operator's page: the button of a problem's form lends the map one click.
function pickForOperator(map, element) {
  for (const button of document.querySelectorAll("[data-pick-for]")) {
    button.addEventListener("click", () => {
      const form = button.closest("form");
      element.scrollIntoView({ block: "center" });
      element.style.cursor = "crosshair";
      map.off("click");
      map.once("click", ({ latlng }) => {
        form.querySelector("[data-latitude]").value = latlng.lat.toFixed(6);
        form.querySelector("[data-longitude]").value = latlng.lng.toFixed(6);
        form.querySelector("[data-picked]").textContent = `${latlng.lat.toFixed(5)}, ${latlng.lng.toFixed(5)}`;
        L.marker(latlng, { icon: pin("") }).addTo(map);
        element.style.cursor = "";
        form.scrollIntoView({ block: "center" });
      });
    });
  }
}

for (const element of document.querySelectorAll("[data-map]")) {
  const start = async () => {
    const map = await openMap(element);
    if (element.hasAttribute("data-pick")) pickForForm(map, element);
    else pickForOperator(map, element);
  };
  const fold = element.closest("details");
  if (!fold || fold.open) start();
  else fold.addEventListener("toggle", start, { once: true });
}
