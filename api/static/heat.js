// The map of problems: cells or municipalities by colour, time as a slider, hot spots as outlines. Uses addLabels of map.js.
"use strict";

// Sequential: lightness falls evenly, so that it is read without colour too. Diverging: blue against red (RdBu).
const SCALE = ["#fdeab5", "#fcc76b", "#f29a4a", "#d9622f", "#a7302c", "#661233"];
const RATIOS = [
  [0, "#3a7fb8", "вдвое реже и меньше"],
  [0.5, "#a9cfe5", "реже"],
  [0.8, "#eceff1", "как обычно"],
  [1.25, "#f7b799", "чаще"],
  [2, "#d6604d", "вдвое чаще"],
  [3, "#8b1a2b", "втрое и больше"],
];
const NICE = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10000, 20000, 50000];
const MONTHS = ["январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"];
const OF_MONTHS = ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"];
const OPACITY = 0.8;
const PLAY_MS = 1300;
const numbers = new Intl.NumberFormat("ru");

const plural = (n, one, few, many) => {
  const tens = n % 100, units = n % 10;
  const word = (tens > 10 && tens < 20) || units === 0 || units > 4 ? many : units === 1 ? one : few;
  return `${numbers.format(n)} ${word}`;
};
const iso = (day) => day.toISOString().slice(0, 10);
const dayOf = (text) => new Date(`${text}T00:00:00Z`);
const shifted = (day, days) => new Date(day.getTime() + days * 86400000);
const dayWords = (day) => `${day.getUTCDate()} ${OF_MONTHS[day.getUTCMonth()]}`;

// Lower bounds of the classes: at most six, of nice numbers, so that the densest cells are told apart.
function breaks(values, unit = 1) {
  const most = Math.max(...values, unit);
  const sorted = [...values].sort((a, b) => a - b);
  const nice = NICE.map((bound) => bound * unit).filter((bound) => bound <= most);
  if (nice.length <= SCALE.length) return nice;
  const wanted = [0, 0.4, 0.65, 0.82, 0.93, 0.985].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
  const found = [...new Set(wanted.map((value) => nice.filter((bound) => bound <= value).pop() ?? nice[0]))];
  return found.length > 2 ? found : nice.slice(-SCALE.length);
}

const colourOf = (value, bounds) => {
  const at = bounds.filter((bound) => value >= bound).length - 1;
  return SCALE[Math.round((Math.max(at, 0) * (SCALE.length - 1)) / Math.max(bounds.length - 1, 1))];
};
const ratioColour = (ratio) => RATIOS.filter(([from]) => ratio >= from).pop()[1];

class HeatMap {
  constructor(element) {
    this.element = element;
    this.form = document.querySelector("[data-heat-form]");
    this.isPublic = "public" in element.dataset;
    this.months = JSON.parse(element.dataset.months || "[]");
    this.spots = JSON.parse(element.dataset.spots || "[]");
    this.part = (name) => document.querySelector(`[data-${name}]`);
    this.colour = "count";
    this.asked = 0;
    this.step = null; // a step of the slider; null: the period of the form
  }

  async open() {
    document.body.classList.add("has-map");
    this.part("heat-stage").hidden = false;
    const tables = this.part("heat-tables");
    if (tables) tables.open = false;
    const tiles = this.element.dataset.tiles;
    this.map = L.map(this.part("heat-map"), { attributionControl: Boolean(tiles), zoomControl: false, preferCanvas: true, minZoom: 5, maxZoom: 17 });
    L.control.zoom({ position: "topright", zoomInTitle: "Приблизить", zoomOutTitle: "Отдалить" }).addTo(this.map);
    if (tiles) L.tileLayer(tiles, { maxZoom: 19 }).addTo(this.map);
    for (const [name, z] of [["base", 250], ["cells", 350], ["borders", 400], ["spots", 450]]) this.map.createPane(name).style.zIndex = z;
    this.map.getPane("borders").style.pointerEvents = "none";
    this.drawn = { cells: L.canvas({ pane: "cells" }), base: L.canvas({ pane: "base" }), spots: L.svg({ pane: "spots" }) };
    this.map.getPane("spots").style.pointerEvents = "none";
    const address = `/map/${this.element.dataset.heat}`;
    const [areas, labels] = await Promise.all(["municipalities.geojson", "labels.json"].map((name) => fetch(`${address}/${name}`).then((answer) => answer.json())));
    this.areas = areas;
    this.labels = labels;
    const paper = { renderer: this.drawn.base, pane: "base", stroke: false, fillColor: "#fff", fillOpacity: tiles ? 0 : 0.8, interactive: false };
    const polygons = L.geoJSON(areas, paper).addTo(this.map);
    L.geoJSON(areas, { renderer: L.svg({ pane: "borders" }), pane: "borders", color: "#7d95a5", weight: 1, fill: false, interactive: false }).addTo(this.map);
    const view = this.remembered();
    if (view) this.map.setView(view.slice(0, 2), view[2]);
    else if (polygons.getLayers().length) this.map.fitBounds(polygons.getBounds());
    else this.map.setView([60, 75], 3);
    if (!tiles) addLabels(this.map, Object.assign(labels, { address }));
    this.layer = L.layerGroup().addTo(this.map);
    this.outlines = L.layerGroup().addTo(this.map);
    this.map.on("moveend", () => this.moved());
    this.wire();
    this.drawSpots();
    await this.refresh();
    if (!view) this.closeUp();
  }

  // The region as a whole is mostly empty: begin where the problems are.
  closeUp() {
    const cells = (this.shown || []).filter((cell) => cell.boundary);
    const total = cells.reduce((sum, cell) => sum + this.count(cell), 0);
    const dense = [];
    let so = 0;
    for (const cell of cells) {
      if (so >= 0.6 * total) break;
      so += this.count(cell);
      dense.push(...cell.boundary);
    }
    if (dense.length) this.map.fitBounds(dense, { maxZoom: 11, animate: false });
  }

  remembered() {
    const found = /#(-?[\d.]+),(-?[\d.]+),(\d+)$/.exec(location.hash);
    return found && found.slice(1).map(Number);
  }

  moved() {
    const at = this.map.getCenter();
    history.replaceState(null, "", `${location.pathname}${location.search}#${at.lat.toFixed(4)},${at.lng.toFixed(4)},${this.map.getZoom()}`);
    if (this.colour !== "areas") this.refresh();
  }

  wire() {
    const fold = this.part("heat-switch");
    if (fold) {
      fold.hidden = false;
      fold.addEventListener("change", (event) => {
        if (event.target.name === "colour") {
          this.colour = event.target.value;
          this.refresh();
        } else this.drawSpots();
      });
    }
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.changed();
    });
    this.form.addEventListener("change", (event) => {
      if (event.target.name === "group") this.chooseTopics();
      this.changed();
    });
    for (const link of document.querySelectorAll("[data-spot]")) {
      const spot = this.spots.find((each) => each.id === link.dataset.spot);
      const show = document.createElement("button");
      show.type = "button";
      show.className = "link";
      show.textContent = "на карте";
      show.setAttribute("aria-label", `Показать на карте: ${spot.title}, ${spot.where}`);
      show.addEventListener("click", () => this.map.fitBounds(spot.outline.flat(), { maxZoom: 13 }));
      link.closest("li").lastElementChild.append(" ", show);
    }
    this.timeBar();
  }

  // The form without its period is the same for every step of time.
  changed() {
    this.step = null;
    this.stop();
    const query = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => value));
    history.replaceState(null, "", `${location.pathname}?${query}${location.hash}`);
    if (this.isPublic) this.slider.value = Math.max(this.months.indexOf(this.form.elements.month.value), 0);
    this.showStep();
    this.refresh();
  }

  chooseTopics() {
    const { group, topic } = this.form.elements;
    this.everyTopic ??= [...topic.options].map((option) => option.cloneNode(true));
    if (this.everyTopic.length < 2) return;
    topic.replaceChildren(...this.everyTopic.filter((option) => !option.value || !group.value || option.dataset.group === group.value).map((option) => option.cloneNode(true)));
    topic.value = "";
  }

  // --- time

  timeBar() {
    const bar = this.part("heat-time");
    this.slider = this.part("slider");
    this.steps = this.part("steps");
    if (!this.months.length) return;
    bar.hidden = false;
    const kinds = this.isPublic ? [["month", "по месяцам"]] : [["week", "по неделям"], ["month", "по месяцам"]];
    for (const [value, words] of kinds) this.steps.add(new Option(words, value));
    this.steps.value = this.months.length > 2 || this.isPublic ? "month" : "week";
    this.steps.hidden = this.isPublic;
    this.steps.addEventListener("change", () => this.layOut());
    this.slider.addEventListener("input", () => this.chooseStep(Number(this.slider.value)));
    const play = this.part("play");
    play.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    this.layOut();
  }

  layOut() {
    this.buckets = this.steps.value === "week" ? this.weeks() : this.months.map((month) => this.month(month));
    this.slider.max = this.buckets.length - 1;
    this.slider.value = this.isPublic ? Math.max(this.months.indexOf(this.form.elements.month.value), 0) : this.buckets.length - 1;
    if (this.step) {
      this.step = null;
      this.refresh();
    }
    this.showStep();
  }

  month(text) {
    const first = dayOf(text);
    const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0));
    return { first, last, words: `${MONTHS[first.getUTCMonth()]} ${first.getUTCFullYear()}` };
  }

  // Weeks from Monday on, of the last half year at most.
  weeks() {
    const begin = dayOf(this.months[0]), end = dayOf(this.form.elements.last.value);
    const found = [];
    for (let first = shifted(end, -((end.getUTCDay() + 6) % 7)); first >= begin && found.length < 26; first = shifted(first, -7)) {
      const last = shifted(first, 6);
      found.unshift({ first, last, words: `${dayWords(first)} — ${dayWords(last)}` });
    }
    return found.length ? found : [{ first: begin, last: end, words: `${dayWords(begin)} — ${dayWords(end)}` }];
  }

  chooseStep(number) {
    this.step = this.buckets[number];
    if (this.isPublic) this.form.elements.month.value = iso(this.step.first);
    this.showStep();
    return this.refresh();
  }

  showStep() {
    const name = this.part("step-name");
    if (!this.buckets) return;
    const whole = this.isPublic ? this.buckets[this.slider.value].words : "весь период";
    name.textContent = this.step ? this.step.words : whole;
    this.slider.setAttribute("aria-valuetext", name.textContent);
  }

  async play() {
    const play = this.part("play");
    this.playing = true;
    play.setAttribute("aria-pressed", "true");
    play.firstElementChild.textContent = "❚❚";
    let at = this.step ? Number(this.slider.value) + 1 : 0;
    if (at > Number(this.slider.max)) at = 0;
    for (; this.playing && at <= Number(this.slider.max); at++) {
      this.slider.value = at;
      const began = Date.now();
      await this.chooseStep(at);
      await new Promise((done) => setTimeout(done, Math.max(PLAY_MS - (Date.now() - began), 200)));
    }
    this.stop();
  }

  stop() {
    this.playing = false;
    const play = this.part("play");
    play.setAttribute("aria-pressed", "false");
    play.firstElementChild.textContent = "▶";
  }

  // --- what is shown

  query(more = {}) {
    const given = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => value));
    if (this.step && !this.isPublic) {
      given.set("first", iso(this.step.first));
      given.set("last", iso(this.step.last));
    }
    for (const [name, value] of Object.entries(more)) given.set(name, value);
    return given;
  }

  async refresh() {
    const mine = ++this.asked;
    const busy = this.part("heat-busy");
    const late = setTimeout(() => (busy.hidden = false), 400);
    try {
      const found = this.colour === "areas" ? await this.ask(this.element.dataset.areas, this.query()) : await this.cellsInView();
      if (mine === this.asked) this.draw(found);
    } catch (failure) {
      if (mine === this.asked) this.legend("Не загрузилось", [], "Проверьте связь и обновите страницу.");
    } finally {
      clearTimeout(late);
      if (mine === this.asked) busy.hidden = true;
    }
  }

  cellsInView() {
    const view = this.map.getBounds().pad(0.15);
    const box = [Math.max(view.getSouth(), -89), Math.max(view.getWest(), -179), Math.min(view.getNorth(), 89), Math.min(view.getEast(), 179)];
    const more = { zoom: this.map.getZoom(), bbox: box.map((edge) => edge.toFixed(4)).join(",") };
    return this.ask(this.isPublic ? this.element.dataset.public : this.element.dataset.cells, this.query(more));
  }

  async ask(address, query) {
    const answer = await fetch(`${address}?${query}`, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }

  count(cell) {
    return this.isPublic ? cell.people : cell.problems;
  }

  draw(found) {
    this.layer.clearLayers();
    this.found = found;
    if (this.colour === "areas") return this.drawAreas(found);
    this.shown = found.cells;
    const byRatio = this.colour === "ratio";
    // what is left of a larger place has no density to compare: it stays grey
    const alone = found.cells.filter((cell) => !cell.rest).map((cell) => this.count(cell));
    const bounds = breaks(alone, found.floor || 1);
    for (const cell of found.cells) {
      const fill = cell.rest ? "#b9c4cd" : byRatio ? (cell.ratio === null ? "#eceff1" : ratioColour(cell.ratio)) : colourOf(this.count(cell), bounds);
      const style = { renderer: this.drawn.cells, pane: "cells", color: cell.rest ? "#8a8f98" : "#ffffff", weight: cell.rest ? 1 : 0.8, dashArray: cell.rest ? "4 3" : null, fillColor: fill, fillOpacity: cell.rest ? OPACITY / 2 : OPACITY };
      const polygon = L.polygon(cell.boundary, style).addTo(this.layer);
      polygon.bindTooltip(() => this.tip(cell), { sticky: true, className: "heat-tip", opacity: 1 });
      if (!this.isPublic) polygon.on("click", () => this.choose(cell));
    }
    if (byRatio && !found.compared) return this.legend("Чаще обычного", [], "Сравнить не с чем: за год до этого периода обращений слишком мало.");
    if (!found.cells.length) return this.legend("Здесь ничего нет", [], this.isPublic ? "Или написали отсюда так мало людей, что показать их отдельно нельзя." : "За этот период в этой части карты проблем нет.");
    const note = this.isPublic && found.cells.some((cell) => cell.rest) ? "Серое с пунктиром — остальная часть места: где людей мало, соты сложены вместе." : "";
    if (byRatio) this.legend("По сравнению с обычным", RATIOS.map(([, colour, words]) => [colour, words]), note);
    else this.legend(this.isPublic ? "Людей в соте, не меньше" : "Проблем в соте", this.classes(bounds), note);
    const total = this.part("total");
    if (total && !this.step) total.textContent = `${plural(found.problems, "проблема", "проблемы", "проблем")} с ${dayWords(dayOf(found.first))} по ${dayWords(dayOf(found.last))}`;
    else if (total) total.textContent = `${plural(found.problems, "проблема", "проблемы", "проблем")}: ${this.step.words}`;
  }

  classes(bounds) {
    return bounds.map((bound, at) => {
      const next = bounds[at + 1];
      const words = next === undefined ? `${numbers.format(bound)} и больше` : next - 1 > bound ? `${numbers.format(bound)}–${numbers.format(next - 1)}` : numbers.format(bound);
      return [colourOf(bound, bounds), words];
    });
  }

  drawAreas(rows) {
    const perThousand = this.element.dataset.inhabitants === "yes";
    const value = (row) => (perThousand ? row.per_thousand : row.problems);
    const by = new Map(rows.map((row) => [row.municipality, row]));
    const known = rows.filter((row) => row.municipality && value(row));
    const scale = perThousand ? 100 : 1;
    const bounds = breaks(known.map((row) => Math.round(value(row) * scale)));
    const style = (feature) => {
      const row = by.get(feature.properties.municipality);
      const filled = row && value(row);
      return { renderer: this.drawn.cells, pane: "cells", color: "#fff", weight: 1, fillColor: filled ? colourOf(value(row) * scale, bounds) : "#eceff1", fillOpacity: OPACITY };
    };
    const tip = (layer) => {
      const name = layer.feature.properties.municipality;
      const row = by.get(name);
      const words = document.createElement("div");
      words.append(Object.assign(document.createElement("b"), { textContent: name }), document.createElement("br"), row ? plural(row.problems, "проблема", "проблемы", "проблем") : "проблем нет");
      if (row && row.per_thousand !== null) words.append(`, на 1000 жителей ${numbers.format(row.per_thousand)}`);
      return words;
    };
    L.geoJSON(this.areas, { style, pane: "cells" }).bindTooltip(tip, { sticky: true, className: "heat-tip", opacity: 1 }).addTo(this.layer);
    const unknown = by.get("");
    const note = [perThousand ? "" : "Числа абсолютные: число жителей известно не везде.", unknown ? `Без района: ${plural(unknown.problems, "проблема", "проблемы", "проблем")}.` : ""].filter(Boolean).join(" ");
    const named = this.classes(bounds).map(([colour, words], at) => [colour, perThousand ? this.perThousand(bounds, at, scale) : words]);
    this.legend(perThousand ? "Проблем на 1000 жителей" : "Проблем в муниципалитете", named, note);
  }

  perThousand(bounds, at, scale) {
    const [from, to] = [bounds[at], bounds[at + 1]].map((bound) => (bound === undefined ? null : numbers.format(bound / scale)));
    return to === null ? `${from} и больше` : `от ${from} до ${to}`;
  }

  legend(title, rows, note) {
    const box = this.part("heat-legend");
    const list = document.createElement("ol");
    for (const [colour, words] of rows) {
      const row = document.createElement("li");
      const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      mark.setAttribute("viewBox", "0 0 20 20");
      mark.setAttribute("aria-hidden", "true");
      const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
      shape.setAttribute("d", "M10 1l8 4.5v9L10 19l-8-4.5v-9z");
      shape.setAttribute("fill", colour);
      shape.setAttribute("fill-opacity", OPACITY);
      shape.setAttribute("stroke", "#6b7782");
      mark.append(shape);
      row.append(mark, words);
      list.append(row);
    }
    box.replaceChildren(Object.assign(document.createElement("b"), { textContent: title }), list);
    if (note) box.append(Object.assign(document.createElement("p"), { textContent: note }));
  }

  // The nearest name that the map knows: of a street where cells are small, else of a settlement.
  place(cell) {
    const middle = cell.boundary.reduce(([a, b], [c, d]) => [a + c / cell.boundary.length, b + d / cell.boundary.length], [0, 0]);
    const nearest = (kind) => {
      let best = null, least = Infinity;
      for (const [latitude, longitude, name, of] of this.labels) {
        if (of !== kind) continue;
        const far = (latitude - middle[0]) ** 2 + ((longitude - middle[1]) * 0.57) ** 2;
        if (far < least) [best, least] = [name, far];
      }
      return least < 0.25 ** 2 ? [best, Math.sqrt(least) * 111] : [null, Infinity];
    };
    const [town] = nearest(0), [street, km] = nearest(1);
    if (this.map.getZoom() >= 12 && street && km < 1.2) return town ? `${town}, ${street}` : street;
    return town || "место без названия";
  }

  tip(cell) {
    const words = document.createElement("div");
    const name = cell.rest ? `${this.place(cell)}, окрестности` : this.place(cell);
    words.append(Object.assign(document.createElement("b"), { textContent: name }), document.createElement("br"));
    if (this.isPublic) words.append(`не меньше ${plural(cell.people, "человека", "человек", "человек")}`);
    else words.append(plural(cell.problems, "проблема", "проблемы", "проблем"));
    if (!this.isPublic && cell.expected !== null) words.append(document.createElement("br"), `обычно ${cell.expected < 1 ? "меньше одной" : `около ${numbers.format(Math.round(cell.expected))}`}`);
    return words;
  }

  async choose(cell) {
    const panel = this.part("heat-chosen");
    const head = document.createElement("div");
    head.className = "heat-chosen-head";
    const title = Object.assign(document.createElement("h2"), { textContent: this.place(cell) });
    const close = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "✕", ariaLabel: "Закрыть список" });
    close.addEventListener("click", () => this.unchoose());
    head.append(title, close);
    const body = Object.assign(document.createElement("div"), { textContent: "Загружается…" });
    panel.replaceChildren(head, body);
    panel.hidden = false;
    this.mark?.remove();
    this.mark = L.polygon(cell.boundary, { renderer: this.drawn.spots, pane: "spots", color: "#0d3e5c", weight: 3, fill: false, interactive: false }).addTo(this.map);
    const address = `${this.element.dataset.problems}?${this.query({ cell: cell.cell })}`;
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.querySelector("[data-problems-list]");
    const words = Object.assign(document.createElement("p"), { className: "hint", textContent: plural(cell.problems, "проблема", "проблемы", "проблем") });
    if (answer.ok && list) body.replaceChildren(words, document.importNode(list, true));
    else body.textContent = "Список не загрузился. Попробуйте ещё раз.";
    if (matchMedia("(max-width: 64rem)").matches) panel.scrollIntoView({ block: "start" });
    panel.focus({ preventScroll: true });
  }

  unchoose() {
    this.part("heat-chosen").hidden = true;
    this.mark?.remove();
    this.part("heat-map").focus();
  }

  drawSpots() {
    this.outlines.clearLayers();
    const wanted = this.part("show-spots");
    if (wanted && !wanted.checked) return;
    for (const spot of this.spots.filter((each) => each.running)) {
      const line = { renderer: this.drawn.spots, pane: "spots", fill: false, className: "heat-outline" };
      L.polygon(spot.outline, { ...line, color: "#fff", weight: 7, opacity: 0.85 }).addTo(this.outlines);
      L.polygon(spot.outline, { ...line, color: "#12304a", weight: 3, dashArray: "7 5" }).addTo(this.outlines);
    }
  }
}

for (const element of document.querySelectorAll("[data-heat]")) new HeatMap(element).open();
