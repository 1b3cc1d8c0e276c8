"use strict";
document.querySelectorAll("table.find").forEach(function (table) {
  var body = table.tBodies[0], rows = Array.from(body.rows), box = document.createElement("input");
  box.type = "search";
  box.placeholder = box.ariaLabel = table.dataset.search;
  table.parentNode.before(box);
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
  box.addEventListener("input", function () {
    var words = box.value.toLowerCase().split(/\s+/);
    rows.forEach(function (row, i) {
      row.hidden = words.some(function (word) { return texts[i].indexOf(word) === -1; });
    });
  });
  Array.from(table.tHead.rows[0].cells).forEach(function (cell, column) {
    var button = document.createElement("button"), down = false;
    button.type = "button";
    button.textContent = cell.textContent;
    cell.replaceChildren(button);
    button.addEventListener("click", function () {
      var key = function (row) { return row.cells[column].textContent.trim(); };
      var number = function (text) { return parseFloat((text.match(/[\u2212-]?\d[\d.]*/) || ["NaN"])[0].replace("\u2212", "-")); };
      var order = rows.map(function (row) { return [number(key(row)), key(row), row]; });
      order.sort(function (a, b) {
        var blank = (a[1] === "") - (b[1] === "");
        if (blank) { return blank; }
        var plain = isNaN(a[0]) || isNaN(b[0]);
        var sign = plain ? (isNaN(a[0]) - isNaN(b[0]) || a[1].localeCompare(b[1])) : a[0] - b[0];
        return down ? -sign : sign;
      });
      order.forEach(function (entry) { body.append(entry[2]); });
      table.querySelectorAll("th").forEach(function (other) { other.removeAttribute("aria-sort"); });
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      down = !down;
    });
  });
});
addEventListener("beforeprint", function () {
  document.querySelectorAll("details").forEach(function (part) { part.open = true; });
});
