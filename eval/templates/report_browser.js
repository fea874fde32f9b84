
// The browser of all items. Texts of models become text nodes alone, never markup.
const SHOWN = 10;
const data = JSON.parse(document.getElementById("browsed").textContent);
const browser = document.getElementById("browser");
const form = browser.querySelector("form");
const pages = browser.querySelector(".pages");
const [back, on] = pages.querySelectorAll("button");
let page = 0;

const make = (tag, className, ...children) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
};
const addOptions = (select, options) => {
  for (const [value, word] of options) select.append(new Option(word, value));
};

// What can be searched of an item, small letters only; made when it is first looked for.
const searched = new Map();
const textOf = (item, k) => {
  const key = `${k} ${item.id}`;
  if (!searched.has(key)) {
    const answer = item.answers[k];
    const said = [...item.expert, ...answer.points].map((point) => point.text);
    const parts = item.parts.map((part) => part.text).join("");
    const all = [item.id, item.question, ...item.sentences, parts, item.wanted, ...said, answer.raw];
    searched.set(key, all.join("\n").toLowerCase());
  }
  return searched.get(key);
};
const number = (input) => (input.value === "" ? null : input.valueAsNumber);
const wanted = () => {
  const k = Number(form.system.value);
  const [least, most] = [number(form.least), number(form.most)];
  const text = form.text.value.trim().toLowerCase();
  const found = data.items.filter((item) => {
    const { score } = item.answers[k];
    if (form.job.value && item.job !== form.job.value) return false;
    if (least !== null && (score === null || score < least)) return false;
    if (most !== null && (score === null || score > most)) return false;
    return !text || textOf(item, k).includes(text);
  });
  if (form.order.value === "given") return found;
  const sign = (form.order.value === "worst") === data.lower_is_better ? -1 : 1;
  // An item without a score stands last either way.
  const value = (item) => (item.answers[k].score === null ? Number.MAX_VALUE : sign * item.answers[k].score);
  return found.sort((a, b) => value(a) - value(b));
};

const chip = (point, whose, prefix) => {
  const link = make("a", `chip ${point.polarity}`, point.sign);
  link.href = `#${prefix}${point.key}`;
  link.title = `${whose} ${point.head}`;
  return link;
};
const lane = (points, n, whose, prefix) =>
  make("span", "lane", ...points.filter((p) => p.sentences.includes(n)).map((p) => chip(p, whose, prefix)));
const sentence = (text, n, expert, system, prefix) => {
  const classes = [["e", expert], ["s", system]].flatMap(([side, points]) =>
    points.filter((p) => p.sentences.includes(n)).map((p) => `${side}-${p.polarity}`));
  const marked = make("span", classes.join(" "), text);
  return make("div", "sentence", lane(expert, n, "전문가", prefix), lane(system, n, "시스템", prefix),
    make("span", "number", String(n)), make("span", "text", marked));
};
const essay = (item, answer, prefix) => {
  if (!item.sentences.length) {
    const parts = item.parts.map((part) => {
      if (!part.planted) return part.text;
      const mark = make("mark", "", part.text, make("small", "", `(${part.planted})`));
      mark.title = `심은 결함: ${part.planted}`;
      return mark;
    });
    return [make("p", "question memo", ...parts)];
  }
  const head = make("div", "lanes", make("span", "", "전문가"), make("span", "", "시스템"));
  head.setAttribute("aria-hidden", "true");
  const rows = item.sentences.map((text, k) => sentence(text, k + 1, item.expert, answer.points, prefix));
  return [make("p", "question", item.question), make("div", "essay", head, ...rows)];
};
const pointList = (points, pairs, prefix) => make("ol", "points", ...points.map((point, k) => {
  const head = make("p", "point-head", make("b", "", point.head), " ", make("span", "", point.where));
  if (pairs[k]) head.append(make("span", "pair", ` 짝: ${pairs[k]}`));
  const shown = make("li", `point ${point.polarity}`, head, make("p", "", point.text));
  shown.id = prefix + point.key;
  shown.tabIndex = -1;
  return shown;
}));
const answerSide = (answer, k, prefix) => {
  const side = make("section", "", make("h4", "", data.systems[k]));
  if (answer.failure) side.append(make("p", "failure", `읽을 수 없는 출력: ${answer.failure}`));
  if (answer.points.length) side.append(pointList(answer.points, answer.points.map((p) => p.partner), prefix));
  else side.append(make("pre", "", answer.raw || "(빈 출력)"));
  if (answer.left_out) side.append(make("p", "note", `뒤의 ${answer.left_out}자는 줄였습니다.`));
  return side;
};
const article = (item, k, prefix) => {
  const answer = item.answers[k];
  const score = answer.score === null ? "–" : answer.score.toFixed(3);
  const title = make("h3", "", item.id, " ", make("span", "note", [score, item.job].filter(Boolean).join(" · ")));
  const expert = make("section", "", make("h4", "", browser.dataset.wanted),
    item.wanted ? make("pre", "", item.wanted) : pointList(item.expert, answer.met, prefix));
  return make("article", "example", title, ...essay(item, answer, prefix),
    make("div", "sides", expert, answerSide(answer, k, prefix)));
};

const show = () => {
  const found = wanted();
  const last = Math.max(0, Math.ceil(found.length / SHOWN) - 1);
  page = Math.min(page, last);
  const k = Number(form.system.value);
  const items = browser.querySelector(".items");
  items.replaceChildren(...found.slice(page * SHOWN, (page + 1) * SHOWN).map((item, n) => article(item, k, `b${n}-`)));
  watchAll(items);
  browser.querySelector(".found").textContent = `${data.items.length}개 가운데 ${found.length}개`;
  pages.querySelector("span").textContent = `${page + 1} / ${last + 1}`;
  back.disabled = page === 0;
  on.disabled = page === last;
};
let waiting = 0;
const showSoon = () => {
  clearTimeout(waiting);
  page = 0;
  waiting = setTimeout(show, 120);
};
const turn = (by) => {
  page += by;
  show();
  browser.scrollIntoView();
};

addOptions(form.system, data.systems.map((word, k) => [k, word]));
form.system.value = data.leading;
addOptions(form.job, data.jobs.map((job) => [job, job]));
form.querySelector(".job").hidden = !data.jobs.length;
form.addEventListener("input", showSoon);
form.addEventListener("submit", (event) => event.preventDefault());
back.addEventListener("click", () => turn(-1));
on.addEventListener("click", () => turn(1));
form.hidden = pages.hidden = false;
show();
