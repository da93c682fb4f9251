// Theme by choice, tables that sort and filter. The page is complete without it.
(() => {
  'use strict';
  const root = document.documentElement, nav = document.querySelector('nav');
  const button = (text, className, act) => { const b = Object.assign(document.createElement('button'), { type: 'button', textContent: text, className }); b.addEventListener('click', act); return b; };
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const toggle = button('', 'theme', () => { root.dataset.theme = dark() ? 'light' : 'dark'; label(); });
  const label = () => { toggle.textContent = dark() ? 'Light page' : 'Dark page'; };
  label();
  const list = nav.querySelector('ol') ?? nav;
  list.append(toggle);
  if (document.querySelector('figure')) list.append(Object.assign(document.createElement('li'), { className: 'hint', textContent: 'In figures: drag to zoom, with shift to move, wheel with ctrl to scale; a name in a legend takes its series away. With keys: arrows, + and −, Escape; digits for the series.' }));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', label);

  // What is laid out on the way to a heading may move it: go on until it stays.
  const arrive = () => {
    const to = document.getElementById(location.hash.slice(1));
    let frames = 4;
    const next = () => { to.scrollIntoView(); if (--frames) requestAnimationFrame(next); };
    if (to) requestAnimationFrame(next);
  };
  addEventListener('hashchange', arrive);
  addEventListener('load', arrive);

  // What is copied out of a page of predictions says that it is one.
  if (root.classList.contains('simulated')) document.addEventListener('copy', e => {
    const selection = getSelection(), mark = document.querySelector('.banner').textContent.trim();
    if (!String(selection) || !e.clipboardData) return; // such as of a filter's own text
    const holder = document.createElement('div');
    for (let i = 0; i < selection.rangeCount; i++) holder.append(selection.getRangeAt(i).cloneContents());
    holder.prepend(Object.assign(document.createElement('p'), { textContent: mark }));
    e.clipboardData.setData('text/plain', `${mark}\n${selection}`);
    e.clipboardData.setData('text/html', holder.innerHTML);
    e.preventDefault();
  });

  const key = cell => cell?.dataset.v !== undefined ? Number(cell.dataset.v) : /^-?[\d.]+$/.test(cell?.textContent ?? '') ? Number(cell.textContent) : cell?.textContent ?? '';
  const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : typeof a === typeof b ? String(a).localeCompare(String(b), 'en', { numeric: true }) : typeof a === 'number' ? -1 : 1;
  for (const table of document.querySelectorAll('table.sortable')) {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
    heads.forEach((th, i) => {
      const text = th.textContent;
      th.textContent = '';
      th.append(button(text, '', () => {
        const down = th.getAttribute('aria-sort') === 'ascending';
        for (const other of heads) other.removeAttribute('aria-sort');
        th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const rows = [...body.rows].map(row => [key(row.cells[i]), row]).sort((a, b) => compare(a[0], b[0]) * (down ? -1 : 1));
        body.append(...rows.map(r => r[1]));
      }));
    });
    if (!table.classList.contains('filtered')) continue;
    const input = Object.assign(document.createElement('input'), { className: 'filter', type: 'search', placeholder: 'Filter: all words must occur' });
    input.setAttribute('aria-label', 'Filter the table');
    const count = Object.assign(document.createElement('span'), { className: 'sub' });
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of body.rows) { const text = row.textContent.toLowerCase(); row.hidden = !words.every(w => text.includes(w)); shown += row.hidden ? 0 : 1; }
      count.textContent = words.length ? ` ${shown} of ${body.rows.length}` : '';
    });
    table.parentNode.before(input, count);
  }
})();
