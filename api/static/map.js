// Maps without tiles: municipalities as polygons, names of settlements and streets; tiles only where a server is set.
"use strict";

function pin(number) {
  const many = String(number).includes(",");
  const size = many ? [0, 0] : [30, 30];
  const className = many ? "map-pin map-pin-many" : "map-pin";
  return L.divIcon({ className, html: `<b><i>${number}</i></b>`, iconSize: size, iconAnchor: many ? [0, 0] : [15, 36] });
}

// Names of settlements (0) and streets (1) are loaded once; numbers of houses (2) only for what is in view, from near.
const NEAREST = { 0: 7, 1: 12, 2: 16 };

function addLabels(map, names) {
  const shown = L.layerGroup().addTo(map);
  let asked = 0;
  const draw = (labels) => {
    shown.clearLayers();
    const bounds = map.getBounds();
    const taken = [];
    for (const [latitude, longitude, name, kind] of labels) {
      if (map.getZoom() < NEAREST[kind] || !bounds.contains([latitude, longitude])) continue;
      const at = map.latLngToContainerPoint([latitude, longitude]);
      const width = name.length * 7 + 8;
      if (taken.some(([x, y, w]) => Math.abs(x - at.x) < (w + width) / 2 && Math.abs(y - at.y) < 18)) continue;
      taken.push([at.x, at.y, width]);
      const words = document.createElement("span");
      words.textContent = name;
      const icon = L.divIcon({ className: `map-label map-label-${kind}`, html: words, iconSize: [0, 0] });
      L.marker([latitude, longitude], { icon, interactive: false, keyboard: false }).addTo(shown);
      if (taken.length > 150) break;
    }
  };
  const refresh = async () => {
    draw(names);
    if (map.getZoom() < NEAREST[2]) return;
    const mine = ++asked;
    const view = map.getBounds();
    const box = [view.getSouth(), view.getWest(), view.getNorth(), view.getEast()].map((x) => x.toFixed(5));
    const answer = await fetch(`${names.address}/houses.json?box=${box.join(",")}`);
    if (answer.ok && mine === asked) draw([...names, ...(await answer.json())]);
  };
  map.on("moveend", refresh);
  refresh();
}

// Where the citizen most likely wants to look: at the street that is typed already, or at the settlement.
function startNear(map, form, labels, town) {
  const typed = (name) => form.elements[name].value.trim().toLowerCase();
  const find = (words, kind) => words && labels.find((label) => label[3] === kind && label[2].toLowerCase().includes(words));
  const street = find(typed("street"), 1);
  const [latitude, longitude] = street || find(typed("settlement"), 0) || town;
  map.setView([latitude, longitude], street ? 16 : 13);
}

async function openMap(element) {
  const map = L.map(element, { attributionControl: Boolean(element.dataset.tiles), zoomControl: false });
  L.control.zoom({ position: "bottomright", zoomInTitle: "Приблизить", zoomOutTitle: "Отдалить" }).addTo(map);
  if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 19 }).addTo(map);
  const points = JSON.parse(element.dataset.points || "[]");
  const [areas, labels] = await Promise.all(
    ["municipalities.geojson", "labels.json"].map((name) =>
      fetch(`/map/${element.dataset.map}/${name}`).then((answer) => answer.json()),
    ),
  );
  labels.address = `/map/${element.dataset.map}`;
  const style = { color: "#5d7f95", weight: 1.5, fillColor: "#fff", fillOpacity: element.dataset.tiles ? 0 : 0.75 };
  const polygons = L.geoJSON(areas, { style, interactive: false }).addTo(map);
  const town = labels.find((label) => label[3] === 0);
  if (points.length === 1) map.setView([points[0].latitude, points[0].longitude], 15);
  else if (points.length) map.fitBounds(points.map((point) => [point.latitude, point.longitude]), { padding: [40, 40], maxZoom: 15 });
  else if (element.hasAttribute("data-pick") && town) startNear(map, element.closest("form"), labels, town);
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
