// @ts-check
// The drawing: each tensor, over all its layers, as a rectangle whose area is its share of the total.

/** @typedef {{at: number, area: number}} Tile */
/** @typedef {{at: number, x: number, y: number, width: number, height: number}} Box */

/** Rectangles of the given areas that fill a rectangle, as square as rows allow (Bruls et al. 2000, sec. 3).
 * @param {Tile[]} tiles @param {number} x @param {number} y @param {number} width @param {number} height @returns {Box[]} */
function squarified(tiles, x, y, width, height) {
  const left = tiles.filter((tile) => tile.area > 0).sort((one, other) => other.area - one.area || one.at - other.at);
  const sum = left.reduce((all, tile) => all + tile.area, 0);
  const scale = sum > 0 ? (width * height) / sum : 0;
  /** @type {Box[]} */
  const boxes = [];
  while (left.length > 0) {
    const side = Math.min(width, height);
    const row = [left.shift()].filter((tile) => tile !== undefined);
    while (left[0] && worst([...row, left[0]], side, scale) <= worst(row, side, scale)) row.push(left[0]), left.shift();
    const thick = (row.reduce((all, tile) => all + tile.area, 0) * scale) / side;
    let along = 0;
    for (const tile of row) {
      const long = (tile.area * scale) / thick;
      boxes.push(width < height
        ? { at: tile.at, x: x + along, y, width: long, height: thick }
        : { at: tile.at, x, y: y + along, width: thick, height: long });
      along += long;
    }
    if (width < height) [y, height] = [y + thick, height - thick];
    else [x, width] = [x + thick, width - thick];
  }
  return boxes;
}

/** How far the worst rectangle of a row is from a square. @param {Tile[]} row @param {number} side @param {number} scale */
function worst(row, side, scale) {
  const thick = (row.reduce((all, tile) => all + tile.area, 0) * scale) / side;
  return Math.max(...row.map((tile) => Math.max((thick * thick) / (tile.area * scale), (tile.area * scale) / (thick * thick))));
}
