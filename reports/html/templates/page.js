"use strict";
// Without this, all is there but sorting.

const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
const told = document.getElementById("told");

function ordered(rows, place, kind, direction) {
  const sign = direction === "descending" ? -1 : 1;
  const keyed = rows.map((row, number) => ({ row, number, key: row.cells[place].dataset.key }));
  keyed.sort((one, other) => {
    if (one.key === undefined || other.key === undefined) {
      return (one.key === undefined) - (other.key === undefined) || one.number - other.number;
    }
    const found = kind === "number" ? one.key - other.key : one.key.localeCompare(other.key, "en");
    return sign * found || one.number - other.number;
  });
  return keyed.map(({ row }) => row);
}

function sortable(table) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const heads = [...table.querySelectorAll("th[data-sorts]")];
  table.caption.append(" (column headings sort)");
  for (const head of heads) {
    const button = document.createElement("button");
    const title = head.textContent;
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const direction = NEXT[head.getAttribute("aria-sort") ?? "none"];
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      const place = head.cellIndex;
      if (direction === "none") {
        body.append(...original);
        told.textContent = "In the order of the run";
        return;
      }
      head.setAttribute("aria-sort", direction);
      body.append(...ordered(original, place, head.dataset.sorts, direction));
      told.textContent = `Sorted by ${title}, ${direction}`;
    });
  }
}

function reveal() {
  const found = document.getElementById(location.hash.slice(1));
  for (let one = found?.closest("details"); one; one = one.parentElement.closest("details")) {
    one.open = true;
  }
}

document.querySelectorAll("table.sortable").forEach(sortable);
addEventListener("hashchange", reveal);
reveal();
