// Makes drawn plots live: tips, cross-hair, zoom and pan, series on and off, one slice lit everywhere, export. Without it they still read.
(() => {
  'use strict';
  const ns = 'http://www.w3.org/2000/svg';
  const make = (name, attributes) => { const e = document.createElementNS(ns, name); for (const k in attributes) e.setAttribute(k, attributes[k]); return e; };
  const node = (name, text, className) => { const e = document.createElement(name); if (text !== undefined) e.textContent = text; if (className) e.className = className; return e; };

  // Figures for people, as the page's own numbers are written.
  const digits = v => { if (v === 0) return '0'; const m = Math.floor(Math.log10(Math.abs(v))); return m < -4 || m > 14 ? v.toExponential(3) : v.toFixed(Math.max(0, Math.min(8, 3 - m))); };
  const pretty = (v, unit) => {
    if (!Number.isFinite(v)) return '–';
    if (unit === '%') return (100 * v).toFixed(Math.abs(v) < 0.0995 ? 2 : 1) + ' %';
    if (unit === '1' || unit === '-') return digits(v);
    if (unit === 'B') { const s = v === 0 ? 0 : Math.max(0, Math.min(5, Math.floor(Math.log2(Math.abs(v)) / 10))); return `${digits(v / 1024 ** s)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'][s]}`; }
    if (v === 0) return `0 ${unit}`;
    const s = Math.max(-4, Math.min(unit === 's' ? 0 : 6, Math.floor(Math.log10(Math.abs(v) * (1 + 1e-12)) / 3)));
    return `${digits(v / 1000 ** s)} ${['p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'][s + 4]}${unit}`;
  };
  const short = (v, unit) => pretty(v, unit).replace(/(\.\d*?)0+(?= |$)/, '$1').replace(/\.(?= |$)/, '');

  const tip = node('div', undefined, 'tip');
  tip.hidden = true;
  document.body.append(tip);
  const spoken = node('div', undefined, 'sr');
  spoken.setAttribute('aria-live', 'polite');
  document.body.append(spoken);
  const show = (content, x, y) => {
    tip.replaceChildren(...content);
    tip.hidden = false;
    const w = tip.offsetWidth, h = tip.offsetHeight;
    tip.style.left = Math.max(4, Math.min(innerWidth - w - 4, x + 14)) + 'px';
    tip.style.top = Math.max(4, y + h + 18 > innerHeight ? y - h - 12 : y + 14) + 'px';
  };
  const hide = () => { tip.hidden = true; };

  // One slice lit in all plots and tables.
  let lit;
  const light = key => {
    if (key === lit) return;
    for (const e of document.querySelectorAll('[data-key].lit')) e.classList.remove('lit');
    lit = key;
    const all = key === undefined ? [] : [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
    for (const e of all) e.classList.add('lit');
    document.body.classList.toggle('lit', all.length > 1);
  };
  document.addEventListener('pointerover', e => light(e.target.closest?.('[data-key]')?.dataset.key));

  const hitTip = hit => {
    const [what, value] = hit.dataset.tip.split(/: (?=[^:]*$)/), out = [node('b', what), node('div', value ?? '')];
    if (hit.dataset.v !== 'NaN') out.push(node('div', 'stored: ' + hit.dataset.v, 'exact'));
    return out;
  };

  const scaleOf = meta => {
    const [kind, lo, hi, from, to, unit] = meta.split(' '), [l, h, p, q] = [lo, hi, from, to].map(Number), s = { kind, l, h, p, q, unit: unit.replaceAll('_', ' ') };
    if (kind === 'linear') { s.at = v => p + (q - p) * (v - l) / (h - l); s.value = x => l + (h - l) * (x - p) / (q - p); }
    if (kind === 'log') { s.at = v => p + (q - p) * Math.log(v / l) / Math.log(h / l); s.value = x => l * (h / l) ** ((x - p) / (q - p)); }
    return s;
  };
  const nice = span => { const power = 10 ** Math.floor(Math.log10(span)), f = span / power; return power * (f <= 1 ? 1 : f <= 2 ? 2 : f <= 5 ? 5 : 10); };

  function live(svg, panel, figure) {
    const [left, top, right, bottom] = panel.dataset.box.split(' ').map(Number);
    const x = scaleOf(panel.dataset.x), y = scaleOf(panel.dataset.y), marks = panel.querySelector('.marks');
    const axes = { x: panel.querySelector('.axis.x'), y: panel.querySelector('.axis.y') }, drawn = { x: axes.x.innerHTML, y: axes.y.innerHTML };
    const cross = make('path', { class: 'cross' }), brush = make('rect', { class: 'brush', width: 0, height: 0 });
    panel.append(cross, brush);
    const local = e => new DOMPoint(e.clientX, e.clientY).matrixTransform(panel.getScreenCTM().inverse());
    const inside = p => p.x >= left && p.x <= right && p.y >= top && p.y <= bottom;

    // Zoom: every point of every mark is moved by itself, so that strokes, dashes and markers keep their size.
    const full = { x0: left, x1: right, y0: top, y1: bottom };
    let view = full, originals;
    const keep = () => originals ??= [...marks.querySelectorAll('path,rect,text')].map(e => ({ e, d: e.classList.contains('marker') ? null : e.getAttribute('d'), t: e.getAttribute('transform') }));
    const ticks = (axis, scale, from, to, k, move) => {
      if (!scale.value || !scale.at) return;
      const g = axes[axis], a = scale.value(axis === 'x' ? from : to), b = scale.value(axis === 'x' ? to : from);
      g.replaceChildren();
      const values = [];
      if (scale.kind === 'log' && b / a > 8) { const base = scale.unit === 'B' ? 2 : 10, n = Math.max(1, Math.ceil(Math.log(b / a) / Math.log(base) / 7)); for (let i = Math.ceil(Math.log(a) / Math.log(base)); base ** i <= b; i += n) values.push(base ** i); }
      else { const s = nice((b - a) / (axis === 'x' ? 6 : 5)); for (let i = Math.ceil(a / s); i * s <= b && values.length < 20; i++) values.push(i * s); }
      for (const v of values) {
        const at = move(scale.at(v));
        g.append(make('path', { class: 'grid', d: axis === 'x' ? `M${at} ${top}L${at} ${bottom}` : `M${left} ${at}L${right} ${at}` }));
        const t = make('text', axis === 'x' ? { x: at, y: bottom + 17, 'text-anchor': 'middle' } : { x: left - 8, y: at + 4, 'text-anchor': 'end' });
        t.textContent = short(v, scale.unit);
        g.append(t);
      }
    };
    const zoom = next => {
      view = next;
      const kx = (right - left) / (view.x1 - view.x0), ky = (bottom - top) / (view.y1 - view.y0), changed = kx > 1.001 || ky > 1.001 || view.x0 !== left || view.y0 !== top;
      const mx = v => left + (v - view.x0) * kx, my = v => top + (v - view.y0) * ky;
      for (const { e, d, t } of keep()) {
        if (d) e.setAttribute('d', changed ? d.replace(/(-?[\d.]+) (-?[\d.]+)/g, (_, a, b) => `${mx(+a).toFixed(1)} ${my(+b).toFixed(1)}`) : d);
        if (t) e.setAttribute('transform', changed ? t.replace(/translate\((-?[\d.]+) (-?[\d.]+)\)/, (_, a, b) => `translate(${mx(+a).toFixed(1)} ${my(+b).toFixed(1)})`) : t);
      }
      axes.x.innerHTML = drawn.x; axes.y.innerHTML = drawn.y;
      panel.querySelector('.notes').style.display = changed ? 'none' : '';
      if (changed) { ticks('x', x, view.x0, view.x1, kx, mx); ticks('y', y, view.y0, view.y1, ky, my); }
      cross.removeAttribute('d');
      figure.classList.toggle('zoomed', changed);
    };
    const free = { x: !!x.at, y: !!y.at }, zoomable = (free.x || free.y) && !marks.querySelector('rect');
    const clamp = v => { const w = Math.min(v.x1 - v.x0, right - left), h = Math.min(v.y1 - v.y0, bottom - top), x0 = Math.max(left, Math.min(right - w, v.x0)), y0 = Math.max(top, Math.min(bottom - h, v.y0)); return { x0, x1: x0 + w, y0, y1: y0 + h }; };
    const scaled = (f, cx, cy) => { const ax = free.x ? f : 1, ay = free.y ? f : 1; return clamp({ x0: cx - (cx - view.x0) * ax, x1: cx + (view.x1 - cx) * ax, y0: cy - (cy - view.y0) * ay, y1: cy + (view.y1 - cy) * ay }); };
    const toBase = p => ({ x: view.x0 + (p.x - left) / (right - left) * (view.x1 - view.x0), y: view.y0 + (p.y - top) / (bottom - top) * (view.y1 - view.y0) });
    const toView = p => ({ x: left + (p.x - view.x0) / (view.x1 - view.x0) * (right - left), y: top + (p.y - view.y0) / (view.y1 - view.y0) * (bottom - top) });

    if (zoomable) {
      let drag;
      svg.addEventListener('pointerdown', e => {
        const p = local(e);
        if (e.pointerType !== 'mouse' || e.button !== 0 || !inside(p)) return;
        drag = { p, view, pan: e.shiftKey };
        svg.setPointerCapture(e.pointerId);
        e.preventDefault();
      });
      svg.addEventListener('pointermove', e => {
        if (!drag) return;
        const p = local(e);
        if (drag.pan) {
          const dx = (drag.p.x - p.x) / (right - left) * (drag.view.x1 - drag.view.x0), dy = (drag.p.y - p.y) / (bottom - top) * (drag.view.y1 - drag.view.y0);
          return zoom(clamp({ x0: drag.view.x0 + dx, x1: drag.view.x1 + dx, y0: drag.view.y0 + dy, y1: drag.view.y1 + dy }));
        }
        const flat = !free.y || Math.abs(p.y - drag.p.y) < 12;
        for (const [k, v] of Object.entries({ x: Math.min(p.x, drag.p.x), width: Math.abs(p.x - drag.p.x), y: flat ? top : Math.min(p.y, drag.p.y), height: flat ? bottom - top : Math.abs(p.y - drag.p.y) })) brush.setAttribute(k, v);
      });
      svg.addEventListener('pointerup', e => {
        if (!drag) return;
        const { p: a, pan } = drag, b = local(e);
        drag = undefined;
        brush.setAttribute('width', 0);
        if (pan || Math.abs(a.x - b.x) < 6) return;
        const flat = !free.y || Math.abs(a.y - b.y) < 12, p = toBase({ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y) }), q = toBase({ x: Math.max(a.x, b.x), y: Math.max(a.y, b.y) });
        zoom(clamp({ x0: p.x, x1: q.x, y0: flat ? view.y0 : p.y, y1: flat ? view.y1 : q.y }));
      });
      svg.addEventListener('dblclick', () => zoom(full));
      svg.addEventListener('wheel', e => {
        const p = local(e);
        if (!(e.ctrlKey || e.metaKey) || !inside(p)) return;
        e.preventDefault();
        const c = toBase(p);
        zoom(scaled(e.deltaY > 0 ? 1.2 : 1 / 1.2, c.x, c.y));
      }, { passive: false });
    }

    // Cross-hair over lines: the stored values of the points nearest in x.
    const panelIndex = [...svg.querySelectorAll('.panel')].indexOf(panel), wide = figure.querySelector('.wide svg').querySelectorAll('.panel')[panelIndex].querySelectorAll('.line');
    const numbers = text => text.split(' ').map(Number);
    let parsed;
    const lines = () => (parsed ??= [...marks.querySelectorAll('.line')].map((l, i) => ({ l, xs: numbers(wide[i].dataset.x), vs: numbers(wide[i].dataset.v), name: l.parentNode.dataset.key }))).filter(l => l.l.parentNode.style.display !== 'none');
    const point = (clientX, clientY, value) => {
      const rows = [];
      let at;
      for (const line of lines()) {
        let a = 0, b = line.xs.length - 1;
        while (b - a > 1) { const m = (a + b) >> 1; if (line.xs[m] < value) a = m; else b = m; }
        const n = Math.abs(x.at(line.xs[a]) - x.at(value)) <= Math.abs(x.at(line.xs[b]) - x.at(value)) ? a : b;
        if (at === undefined || Math.abs(x.at(line.xs[n]) - x.at(value)) < Math.abs(x.at(at) - x.at(value))) at = line.xs[n];
        rows.push({ ...line, x: line.xs[n], v: line.vs[n] });
      }
      if (at === undefined) return;
      const px = toView({ x: x.at(at), y: 0 }).x;
      cross.setAttribute('d', `M${px} ${top}L${px} ${bottom}`);
      const table = node('table');
      for (const r of rows.sort((a, b) => b.v - a.v).slice(0, 12)) {
        const tr = table.insertRow(), name = tr.insertCell();
        name.append(node('i', '● '), r.name);
        name.firstChild.style.color = getComputedStyle(r.l).stroke;
        tr.insertCell().textContent = pretty(r.v, y.unit);
        const exact = tr.insertCell();
        exact.className = 'exact'; exact.textContent = r.v;
      }
      show([node('b', pretty(at, x.unit)), table], clientX, clientY);
      spoken.textContent = `${pretty(at, x.unit)}: ` + rows.map(r => `${r.name} ${pretty(r.v, y.unit)}`).join(', ');
    };
    if (x.at && y.at && marks.querySelector('.line')) {
      svg.addEventListener('pointermove', e => {
        const p = local(e);
        if (e.buttons || !inside(p) || e.target.closest?.('.hit')) return;
        point(e.clientX, e.clientY, x.value(toBase(p).x));
      });
    }
    svg.addEventListener('pointerleave', () => cross.removeAttribute('d'));

    let at = -1;
    const reset = () => zoom(full);
    const keys = e => {
      const stops = marks.querySelector('.line') && x.at ? [...new Set(lines().flatMap(l => l.xs))].sort((a, b) => a - b) : [...marks.querySelectorAll('.hit')];
      if (e.key === 'Escape') { reset(); hide(); at = -1; return true; }
      if (zoomable && (e.key === '+' || e.key === '-')) { zoom(scaled(e.key === '+' ? 0.7 : 1.4, (view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2)); return true; }
      if (!stops.length || !['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(e.key)) return false;
      if (e.shiftKey && zoomable) { const d = 0.1, w = (view.x1 - view.x0) * d * (e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0), h = (view.y1 - view.y0) * d * (e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0); zoom(clamp({ x0: view.x0 + w, x1: view.x1 + w, y0: view.y0 + h, y1: view.y1 + h })); return true; }
      at = e.key === 'Home' ? 0 : e.key === 'End' ? stops.length - 1 : Math.max(0, Math.min(stops.length - 1, at + (e.key === 'ArrowRight' || e.key === 'ArrowDown' ? 1 : -1)));
      const stop = stops[at];
      if (typeof stop === 'number') { const m = panel.getScreenCTM(), p = new DOMPoint(toView({ x: x.at(stop), y: 0 }).x, top + 10).matrixTransform(m); point(p.x, p.y, stop); }
      else { const r = stop.getBoundingClientRect(); show(hitTip(stop), r.right, r.bottom); spoken.textContent = stop.dataset.tip; light(stop.dataset.key ?? stop.closest('[data-key]')?.dataset.key); }
      return true;
    };
    return { keys, reset, zoomable };
  }

  for (const figure of document.querySelectorAll('figure')) {
    const tools = node('span', undefined, 'tools'), panels = [];
    for (const svg of figure.querySelectorAll('svg.plot:not(.chip)')) {
      for (const hit of svg.querySelectorAll('.hit')) { const t = hit.querySelector('title'); hit.dataset.tip = t.textContent; t.remove(); }
      svg.addEventListener('pointerover', e => { const hit = e.target.closest?.('.hit'); if (hit) show(hitTip(hit), e.clientX, e.clientY); });
      svg.addEventListener('pointerleave', hide);
      const legend = [...svg.querySelectorAll('.key')], toggle = key => {
        const off = key.classList.toggle('off');
        for (const g of svg.querySelectorAll(`.marks > [data-key="${CSS.escape(key.dataset.key)}"]`)) g.style.display = off ? 'none' : '';
        spoken.textContent = `${key.dataset.key}: ${off ? 'hidden' : 'shown'}`;
      };
      for (const key of legend) key.addEventListener('click', () => toggle(key));
      const own = [...svg.querySelectorAll('.panel')].map(p => live(svg, p, figure));
      panels.push(...own);
      svg.tabIndex = 0;
      svg.addEventListener('keydown', e => {
        const key = /^[1-9]$/.test(e.key) ? legend[e.key - 1] : undefined;
        if (key) toggle(key);
        else if (own.map(p => p.keys(e)).some(Boolean)) e.preventDefault();
      });
      svg.addEventListener('blur', hide);
    }
    const button = (text, title, act) => { const b = Object.assign(node('button', text, text.toLowerCase()), { type: 'button', title }); b.addEventListener('click', act); tools.append(b); };
    if (panels.some(p => p.zoomable)) button('Reset', 'Back to all of it; a double click does the same', () => panels.forEach(p => p.reset()));
    button('SVG', 'Save as SVG', () => save(figure, 'svg'));
    button('PNG', 'Save as PNG, three times the size', () => save(figure, 'png'));
    figure.querySelector('figcaption').prepend(tools);
  }

  // A copy with every computed colour written out, so that it opens anywhere as it looks here.
  const styles = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linejoin', 'font-size', 'font-weight', 'letter-spacing', 'paint-order', 'opacity', 'display'];
  const copy = svg => {
    const out = svg.cloneNode(true), from = svg.querySelectorAll('*'), to = out.querySelectorAll('*');
    from.forEach((f, i) => { const c = getComputedStyle(f); for (const k of styles) to[i].style.setProperty(k, c.getPropertyValue(k)); });
    for (const e of out.querySelectorAll('.cross,.brush')) e.remove();
    const [, , w, h] = svg.getAttribute('viewBox').split(' ').map(Number);
    out.setAttribute('width', w);
    out.setAttribute('height', h);
    out.style.fontFamily = getComputedStyle(svg).fontFamily;
    out.style.fontSize = getComputedStyle(svg).fontSize;
    return [new XMLSerializer().serializeToString(out), w, h];
  };
  const download = (url, name) => Object.assign(document.createElement('a'), { href: url, download: name }).click();
  function save(figure, kind) {
    const svg = [...figure.querySelectorAll('svg.plot:not(.chip)')].find(s => s.getClientRects().length), [xml, w, h] = copy(svg);
    const name = `${document.title} ${figure.querySelector('figcaption b').textContent}`.replace(/[^\w.-]+/g, '-').slice(0, 80);
    const url = URL.createObjectURL(new Blob([xml], { type: 'image/svg+xml' }));
    if (kind === 'svg') return download(url, name + '.svg');
    const image = new Image();
    image.onload = () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: w * 3, height: h * 3 });
      canvas.getContext('2d').drawImage(image, 0, 0, w * 3, h * 3);
      canvas.toBlob(blob => download(URL.createObjectURL(blob), name + '.png'));
    };
    image.src = url;
  }
})();
