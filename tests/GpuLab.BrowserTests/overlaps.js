// Pairs of texts that cover each other, and texts that leave their drawing, in every figure that can be seen.
() => {
  const found = [];
  const corners = text => {
    const own = text.getBBox(), m = text.getScreenCTM(), dy = own.height * 0.2, dx = Math.min(1.5, own.width * 0.1);
    return [[own.x + dx, own.y + dy], [own.x + own.width - dx, own.y + dy], [own.x + own.width - dx, own.y + own.height - dy], [own.x + dx, own.y + own.height - dy]]
      .map(([x, y]) => ({ x: m.a * x + m.c * y + m.e, y: m.b * x + m.d * y + m.f }));
  };
  // Separating axes: two convex quadrangles are apart if some edge's normal tells them apart.
  const apart = (p, q) => {
    for (const shape of [p, q]) {
      for (let i = 0; i < 4; i++) {
        const a = shape[i], b = shape[(i + 1) % 4], nx = b.y - a.y, ny = a.x - b.x, on = s => s.map(c => c.x * nx + c.y * ny);
        const u = on(p), v = on(q);
        if (Math.max(...u) <= Math.min(...v) || Math.max(...v) <= Math.min(...u)) return true;
      }
    }
    return false;
  };
  for (const svg of document.querySelectorAll('figure svg.plot:not(.chip)')) {
    if (!svg.getClientRects().length) continue;
    const name = svg.querySelector('title').textContent, edge = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].filter(t => !t.closest('.stamp') && t.getClientRects().length && t.getBBox().width > 0).map(t => ({ text: t.firstChild.textContent, box: corners(t) }));
    texts.forEach((a, i) => {
      if (a.box.some(c => c.x < edge.left - 2 || c.x > edge.right + 2 || c.y < edge.top - 2 || c.y > edge.bottom + 2)) found.push(`${name}: '${a.text}' leaves the drawing`);
      for (const b of texts.slice(i + 1)) if (!apart(a.box, b.box)) found.push(`${name}: '${a.text}' and '${b.text}'`);
    });
  }
  return found;
}
