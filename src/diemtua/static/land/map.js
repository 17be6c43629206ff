// The map of zones and plots. Before this runs, and where it cannot, the page shows a drawing of the server.
(() => {
  const root = document.querySelector("[data-map]");
  const said = document.getElementById("mp-settings");
  if (!root || !said) return;
  const settings = JSON.parse(said.textContent);
  const words = settings.words;
  const canvas = root.querySelector("[data-map-canvas]");
  const drawn = root.querySelector(".mp-drawn");
  const filters = root.querySelector("[data-map-filters]");
  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  const canDraw = () => {
    try {
      const context = document.createElement("canvas").getContext("webgl2");
      return Boolean(window.maplibregl && context);
    } catch {
      return false;
    }
  };
  if (!canDraw()) return;

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--mp-${name}`).trim();
  const states = Object.keys(settings.stateNames);
  const plotColor = () => ["match", ["get", "state"], ...states.flatMap((s) => [s, color(s)]), color("unknown")];
  const isPlot = ["==", ["get", "kind"], "plot"];
  const isZone = ["==", ["get", "kind"], "zone"];
  const FONT = ["Be Vietnam Pro"];
  const english = document.documentElement.lang !== "vi";

  // Each layer's colours, so that they can be set anew when the theme changes.
  const paints = () => ({
    ground: { "background-color": color("sea") },
    provinces: { "fill-color": color("land") },
    "other-provinces": { "fill-color": color("land") },
    communes: { "fill-color": color("commune") },
    "province-lines": { "line-color": color("border") },
    "other-province-lines": { "line-color": color("border") },
    "commune-lines": { "line-color": color("border") },
    "commune-names": { "text-color": color("name"), "text-halo-color": color("halo") },
    zones: { "fill-color": color("zone") },
    "zone-lines": { "line-color": color("zone-line") },
    plots: { "fill-color": plotColor() },
    "plot-lines": { "line-color": color("halo") },
    drawings: { "line-color": color("here") },
    here: { "line-color": color("here") },
    pointed: { "line-color": color("ink") },
    "zone-names": { "text-color": color("ink"), "text-halo-color": color("halo") },
    "plot-names": { "text-color": color("ink"), "text-halo-color": color("halo") },
  });
  // Without a graphics card every pixel costs: fills are opaque and have no edges of their own, lines are drawn over them.
  const plain = { fill: { "fill-antialias": false } };
  const layer = (id, type, source, more = {}) => ({ id, type, source, ...more, paint: { ...plain[type], ...more.paint, ...paints()[id] } });
  const text = (field, size, more = {}) => ({ "text-field": field, "text-font": FONT, "text-size": size, ...more });
  const beneath = (level) => ["==", ["get", "level"], level];

  const empty = { type: "FeatureCollection", features: [] };
  const style = () => ({
    version: 8,
    sources: {
      base: { type: "geojson", data: `${root.dataset.base}?v=${settings.base}` },
      land: { type: "geojson", data: empty, tolerance: 0.25, buffer: 32 },
      pointed: { type: "geojson", data: empty },
      ...(settings.tiles ? { tiles: { type: "raster", tiles: [settings.tiles], tileSize: 256, attribution: settings.credit } } : {}),
    },
    layers: [
      { id: "ground", type: "background", paint: paints().ground },
      ...(settings.tiles
        ? [{ id: "tiles", type: "raster", source: "tiles" }]
        : [
            layer("provinces", "fill", "base", { filter: beneath("province"), maxzoom: 9 }),
            layer("other-provinces", "fill", "base", { filter: ["all", beneath("province"), ["!", ["get", "parts"]]], minzoom: 9 }),
            layer("communes", "fill", "base", { filter: beneath("commune") }),
          ]),
      layer("commune-lines", "line", "base", { filter: beneath("commune"), minzoom: 8, paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.3, 14, 1.2] } }),
      layer("province-lines", "line", "base", { filter: beneath("province"), maxzoom: 9, paint: { "line-width": 1.4 } }),
      layer("other-province-lines", "line", "base", { filter: ["all", beneath("province"), ["!", ["get", "parts"]]], minzoom: 9, paint: { "line-width": 1.4 } }),
      layer("zones", "fill", "land", { filter: isZone }),
      layer("plots", "fill", "land", { filter: isPlot }),
      layer("plot-lines", "line", "land", { filter: isPlot, minzoom: 12.5, paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 12.5, 0.4, 15, 1.5] } }),
      layer("zone-lines", "line", "land", { filter: isZone, paint: { "line-width": 2 } }),
      layer("drawings", "line", "land", { filter: ["all", isZone, ["get", "illustrative"]], paint: { "line-width": 1.5, "line-dasharray": [2, 2] } }),
      layer("here", "line", "land", { filter: ["==", ["id"], settings.here || -1], paint: { "line-width": 4 } }),
      layer("pointed", "line", "pointed", { paint: { "line-width": 3 } }),
      layer("commune-names", "symbol", "base", { filter: beneath("commune-name"), minzoom: 9.5, layout: text(["get", english ? "en" : "name"], 12), paint: { "text-halo-width": 1.4 } }),
      layer("plot-names", "symbol", "land", { filter: isPlot, minzoom: 13.5, layout: text(["get", "code"], ["interpolate", ["linear"], ["zoom"], 13.5, 9.5, 16, 13]), paint: { "text-halo-width": 1.2 } }),
      layer("zone-names", "symbol", "land", { filter: isZone, maxzoom: 13.5, layout: text(["get", "title"], 13, { "text-max-width": 9 }), paint: { "text-halo-width": 1.8 } }),
    ],
  });

  maplibregl.setWorkerUrl(new URL(root.dataset.worker, location.href).href);
  const [west, south, east, north] = settings.box;
  let map;
  try {
    canvas.hidden = false;
    map = new maplibregl.Map({
      container: canvas,
      style: style(),
      bounds: [[west, south], [east, north]],
      fitBoundsOptions: { padding: 40, maxZoom: 16 },
      minZoom: 4,
      maxZoom: 19,
      attributionControl: settings.credit ? { compact: true } : false,
      cooperativeGestures: matchMedia("(pointer: coarse)").matches,
      fadeDuration: 0,
      dragRotate: false,
      pitchWithRotate: false,
      locale: {
        "NavigationControl.ZoomIn": words.zoomIn,
        "NavigationControl.ZoomOut": words.zoomOut,
        "NavigationControl.ResetBearing": words.north,
        "Map.Title": words.map,
      },
    });
  } catch {
    canvas.hidden = true;
    return;
  }
  root.map = map;
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-left");
  // The drawing of the server stays in sight until all that it shows is on the map.
  canvas.style.opacity = "0";
  const uncover = () => {
    if (root.dataset.ready) return;
    canvas.style.opacity = "";
    drawn.style.visibility = "hidden";
    root.dataset.ready = "1";
  };

  // --- what is shown ----------------------------------------------------------------------------
  let plots = [];
  const number = new Intl.NumberFormat(english ? "en" : "vi");
  const chosen = () => {
    const form = new FormData(filters);
    const area = Number.parseFloat(String(form.get("area") || "").replace(",", "."));
    const drawings = filters.elements.illustrative;
    return { states: form.getAll("state"), area: area > 0 ? area : 0, drawings: !drawings || drawings.checked };
  };
  const show = () => {
    const want = chosen();
    const fits = (p) =>
      want.states.includes(p.state) && (p.area_ha ?? 0) >= want.area && (want.drawings || !p.illustrative);
    filters.querySelector("[data-map-count]").textContent = number.format(plots.filter((f) => fits(f.properties)).length);
    const rule = [
      "all",
      isPlot,
      ["in", ["get", "state"], ["literal", want.states]],
      [">=", ["coalesce", ["get", "area_ha"], 0], want.area],
      ...(want.drawings ? [] : [["!", ["get", "illustrative"]]]),
    ];
    for (const id of ["plots", "plot-lines", "plot-names"]) map.setFilter(id, rule);
  };
  // The server sends outlines as steps from point to point, over all features, without the points that close rings.
  const geojson = ({ digits, features }) => {
    const whole = 10 ** digits;
    let x = 0, y = 0;
    const ring = (steps) => {
      const points = [];
      for (let n = 0; n < steps.length; n += 2) points.push([(x += steps[n]) / whole, (y += steps[n + 1]) / whole]);
      return [...points, points[0]];
    };
    return {
      type: "FeatureCollection",
      features: features.map(({ id, properties, polygons }) => {
        const coordinates = polygons.map((rings) => rings.map(ring));
        return { type: "Feature", id, properties, geometry: { type: "MultiPolygon", coordinates } };
      }),
    };
  };
  // Asked for at once, while the map is being set up.
  const asked = fetch(root.dataset.features, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((answer) => answer && geojson(answer))
    .catch(() => null);
  map.once("load", async () => {
    const data = await asked;
    if (!data) {
      // The drawing says more than a map without plots, and it can be clicked.
      canvas.hidden = true;
      return;
    }
    plots = data.features.filter((f) => f.properties.kind === "plot");
    map.getSource("land").setData(data);
    map.once("idle", uncover);
    if (filters) {
      filters.hidden = false;
      filters.addEventListener("input", show);
      filters.addEventListener("submit", (event) => event.preventDefault());
    }
    root.dataset.filled = String(data.features.length);
  });

  // --- pointing and clicking --------------------------------------------------------------------
  let hovered;
  const hover = (feature) => {
    if (hovered === feature?.id) return;
    hovered = feature?.id;
    map.getSource("pointed").setData(feature ? { type: "Feature", geometry: feature.geometry, properties: {} } : empty);
    map.getCanvas().style.cursor = feature ? "pointer" : "";
  };
  map.on("mousemove", "plots", (event) => hover(event.features[0]));
  map.on("mouseleave", "plots", () => hover(undefined));

  // --- fluid without a graphics card ------------------------------------------------------------
  // Where frames come slowly while the map moves, the picture last drawn is shifted and stretched to where it belongs,
  // and drawn anew, coarsely, when too much of it has moved away, or after a while. At rest it is drawn sharply.
  const SLOW = 30, STALE = 400; // milliseconds: of a frame; of a picture
  const SHIFT = 0.12, STRETCH = 1.5; // of the stage; of the scale
  const sheet = map.getCanvas();
  const sharp = window.devicePixelRatio || 1;
  let slow = false, moving = false, resizing = false, last = 0, spent = [], seen, rest;
  const sharpness = (ratio) => {
    if (map.getPixelRatio() === ratio) return;
    resizing = true; // MapLibre tells of a move for it
    map.setPixelRatio(ratio);
    resizing = false;
  };
  const paint = map.painter.render.bind(map.painter);
  const paintAnew = (...what) => {
    if (seen) sheet.style.transform = "";
    seen = { centre: map.getCenter(), zoom: map.getZoom(), at: performance.now() };
    paint(...what);
  };
  map.painter.render = (...what) => {
    if (!moving || !slow || !seen || performance.now() - seen.at > STALE) return paintAnew(...what);
    const { clientWidth: wide, clientHeight: tall } = canvas;
    const scale = 2 ** (map.getZoom() - seen.zoom), now = map.project(seen.centre);
    const x = now.x - wide / 2, y = now.y - tall / 2;
    const near = Math.abs(x) < wide * SHIFT && Math.abs(y) < tall * SHIFT && scale < STRETCH && scale > 1 / STRETCH;
    if (!near) return paintAnew(...what);
    sheet.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
  };
  map.on("movestart", () => {
    if (resizing) return;
    clearTimeout(rest);
    moving = true;
    last = 0;
    spent = [];
    if (slow) sharpness(sharp / 2);
  });
  map.on("render", () => {
    const now = performance.now();
    if (moving && last) spent.push(now - last);
    last = now;
    if (!moving || slow || spent.length < 4) return;
    slow = spent.slice(-4).reduce((a, b) => a + b) / 4 > SLOW;
    if (slow) sharpness(sharp / 2);
  });
  map.on("moveend", () => {
    if (resizing) return;
    moving = false;
    map.triggerRepaint();
    clearTimeout(rest);
    rest = setTimeout(() => sharpness(sharp), 200);
  });

  const line = (parent, tag, content) => {
    const element = document.createElement(tag);
    element.textContent = content;
    parent.append(element);
    return element;
  };
  const popup = (feature, at) => {
    const p = feature.properties;
    const box = document.createElement("div");
    box.className = "mp-popup";
    line(box, "h3", p.title);
    const area = p.area_ha === null || p.area_ha === undefined ? `${number.format(p.drawn_ha)} ha (${words.drawn})` : `${number.format(p.area_ha)} ha`;
    line(box, "p", p.kind === "plot" ? `${area} · ${settings.stateNames[p.state]}` : area);
    if (p.illustrative) line(box, "p", words.illustrative).className = "badge bg-yellow-lt";
    const link = line(line(box, "p", ""), "a", words.open);
    link.href = (settings.pages?.[p.kind] ?? "/desk/r/#/").replace("#", feature.id).replace("plot-", "#plot-");
    new maplibregl.Popup({ maxWidth: "280px" }).setLngLat(at).setDOMContent(box).addTo(map);
  };
  map.on("click", (event) => {
    const [feature] = map.queryRenderedFeatures(event.point, { layers: ["plots", "zones"] });
    if (feature) popup(feature, event.lngLat);
  });

  for (const link of root.querySelectorAll("[data-map-go]")) {
    link.addEventListener("click", (event) => {
      if (!root.dataset.filled) return;
      event.preventDefault();
      for (const other of root.querySelectorAll("[data-map-go]")) other.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      const [w, s, e, n] = link.dataset.box.split(" ").map(Number);
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      map.fitBounds([[w, s], [e, n]], { padding: 40, maxZoom: 16, animate: !still, duration: 900 });
      map.setFilter("here", ["==", ["id"], Number(link.dataset.mapGo)]);
      history.replaceState(null, "", link.getAttribute("href"));
    });
  }

  // --- themes and printing ----------------------------------------------------------------------
  new MutationObserver(() => {
    for (const [id, paint] of Object.entries(paints())) {
      if (map.getLayer(id)) for (const [name, value] of Object.entries(paint)) map.setPaintProperty(id, name, value);
    }
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });

  const picture = document.createElement("img");
  picture.className = "mp-printed";
  picture.alt = words.map;
  canvas.after(picture);
  window.addEventListener("beforeprint", () => {
    if (!root.dataset.ready) return;
    map.redraw(); // the picture is there only in the moment after it was drawn
    picture.src = map.getCanvas().toDataURL("image/png");
    root.classList.add("mp-printing");
  });
  window.addEventListener("afterprint", () => root.classList.remove("mp-printing"));
})();
