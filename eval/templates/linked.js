// Pointing at advice lights its sentences up, and pointing at a sentence its advice.
const light = (key, on) => {
  for (const chip of document.querySelectorAll(`a.chip[href="#${key}"]`)) {
    chip.closest(".sentence").classList.toggle("lit", on);
  }
  document.getElementById(key).classList.toggle("lit", on);
};
const watch = (element, keys) => {
  for (const [event, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
    element.addEventListener(event, () => keys.forEach((key) => light(key, on)));
  }
};
const watchAll = (within) => {
  within.querySelectorAll(".point").forEach((point) => watch(point, [point.id]));
  within.querySelectorAll(".sentence").forEach((sentence) => {
    watch(sentence, [...sentence.querySelectorAll("a.chip")].map((chip) => chip.hash.slice(1)));
  });
};
watchAll(document);
