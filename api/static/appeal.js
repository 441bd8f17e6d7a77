// The operator's page of one appeal: selecting a piece of the text for a split.
"use strict";
const text = document.querySelector("[data-appeal-text]");

// Offset in the appeal's text, in characters as the server counts them (code points), of a point of the document.
function offsetOf(node, offset) {
  const holder = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
  if (!holder || !text.contains(holder)) return null;
  let before = "";
  const walker = document.createTreeWalker(holder, NodeFilter.SHOW_TEXT);
  for (let part = walker.nextNode(); part; part = walker.nextNode()) {
    if (part.parentElement.closest("[data-skip]")) continue;
    if (part === node) {
      before += part.data.slice(0, offset);
      break;
    }
    before += part.data;
  }
  return Number(holder.dataset.start) + [...before].length;
}

function selectedPiece() {
  const selection = getSelection();
  if (!text || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const ends = [offsetOf(range.startContainer, range.startOffset), offsetOf(range.endContainer, range.endOffset)];
  if (ends.includes(null) || ends[0] >= ends[1]) return null;
  return { start: ends[0], end: ends[1], words: selection.toString() };
}

document.addEventListener("selectionchange", () => {
  const piece = selectedPiece();
  if (!piece) return;
  for (const fold of document.querySelectorAll("[data-split]")) {
    fold.querySelector("[data-start]").value = piece.start;
    fold.querySelector("[data-end]").value = piece.end;
    fold.querySelector("[data-chosen]").textContent = `«${piece.words.trim()}»`;
  }
});
