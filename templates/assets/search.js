// Search over the prebuilt index: index.json says which words are common and which prefixes are split; PREFIX.json has the packages with a
// word that begins so, A_B.json those with two common words, part by part. All of it is text from packages: it is never read as HTML.
(() => {
  'use strict';
  const input = document.querySelector('input[type=search]');
  if (!input) return;

  // "/" goes to the search field.
  addEventListener('keydown', (event) => {
    const at = event.target;
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (at.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName)) return;
    event.preventDefault();
    input.select();
    input.focus();
  });

  const list = document.getElementById('results');
  if (!list) return;
  const form = input.form, { type } = form.elements, { index, page } = form.dataset;
  const status = document.getElementById('status');
  const PAGE = 50, LONGEST = 18, PARTS = 4;

  // Words are cut as the index cuts them: lower case, no marks, precomposed letters of three scripts as their base.
  const base = (letter) => {
    const plain = letter.normalize('NFKD').replace(/\p{M}/gu, '');
    return /^\p{Ll}$/u.test(letter) && [...plain].length === 1 ? plain : letter;
  };
  const lower = (text) => Array.from(text, (letter) => letter.toLowerCase()).join('');
  const fold = (text) => /^[\0-\x7f]*$/.test(text) ? text.toLowerCase()
    : lower(text).replace(/[\u00c0-\u04ff\u1e00-\u1eff]/g, base).replace(/\p{M}/gu, '');
  const begin = (word, count) => word.length <= count ? word : [...word].slice(0, count).join('');
  const words = (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean).map((word) => begin(word, LONGEST));
  const file = (word) => word.replace(/[^a-z0-9]/gu, (letter) => '-' + letter.codePointAt(0).toString(16));
  // By code points, as the index sorts; comparing strings would go by halves of surrogate pairs.
  const order = (word) => Array.from(word, (letter) => letter.codePointAt(0).toString(16).padStart(6, '0')).join('');

  const kept = new Map();
  const get = (name) => {
    if (!kept.has(name)) {
      const answer = fetch(index + name + '.json').then((response) => {
        if (response.status === 404) return { packages: {} };
        if (!response.ok) throw response;
        return response.json();
      });
      answer.catch(() => kept.delete(name));
      kept.set(name, answer);
    }
    return kept.get(name);
  };

  const isType = (word) => [...type.options].some((option) => option.value === word);
  const weak = new Set('and are but can for from has into its not that the this was which with you your'.split(' '));

  // Names of the documents that have the answer, the best first. One word's document has whole rows; the other words filter them.
  const sources = async (asked) => {
    const { common = [], split = [] } = await get('index');
    const isCommon = new Set(common), isCut = new Set([...common, ...split]);
    const pair = (a, b) => [a, b].sort((a, b) => order(a) < order(b) ? -1 : 1).map(file).join('_');
    const apart = asked.filter((word) => !isType(word) && !weak.has(word));
    const chosen = (apart.length ? apart : asked).map((word) => {
      let count = 2, prefix = begin(word, count);
      while (prefix !== word && isCut.has(prefix)) prefix = begin(word, ++count);
      // 0: all is in this document; 1: all with just this word is; 2: only the best is.
      return { word, prefix, cut: !isCut.has(prefix) ? 0 : isCommon.has(prefix) ? 2 : 1 };
    });
    // Of one or two letters only names' words are in the index.
    const short = ({ word }) => word.length < 3;
    chosen.sort((a, b) => a.cut - b.cut || short(a) - short(b) || b.word.length - a.word.length);
    const [first, second] = chosen, single = chosen.map(({ prefix }) => file(prefix));
    if (!first.cut) return single;
    if (!second) return [...single, ...asked.filter((word) => word !== first.word && isCommon.has(word)).map((word) => pair(first.word, word))];
    if (first.cut === 2) return [pair(first.word, second.word), ...single];
    // A word that may be unfinished: also the common words that it can become.
    const ends = common.filter((word) => word.startsWith(first.word) && word !== second.word).slice(0, 3);
    const pairs = second.cut === 2 ? ends.map((word) => pair(word, second.word)) : [];
    return [single[0], ...pairs, ...single.slice(1)];
  };

  const score = (name, summary, place, asked) => {
    const inName = words(name), inSummary = words(summary), inPlace = place.split('/');
    let sum = 0;
    for (const word of asked) {
      const begins = (each) => each.startsWith(word);
      const value = inName.includes(word) ? 4 : inName.some(begins) ? 2 : inSummary.some(begins) || inPlace.includes(word) ? 1 : 0;
      if (!value) return 0;
      sum += value;
    }
    const plain = inName.join(' '), whole = asked.join(' ');
    return sum + (plain === whole ? 20 : plain.startsWith(whole + ' ') ? 8 : plain.startsWith(whole) ? 1 : 0) - Math.min(name.length, 60) / 100;
  };

  // What a question has found so far, and where it can find more.
  class Answer {
    constructor(asked, wanted, names) {
      Object.assign(this, { asked, wanted, names, hits: [], known: new Set(), isCut: false });
    }
    // Reads until there are so many hits, but no more than two documents, or some more while there is no hit.
    async fill(count) {
      for (let read = 0; this.names.length && this.hits.length < count && read < (this.hits.length ? 2 : PARTS); read++) {
        const name = this.names.shift(), { packages, more, next } = await get(name);
        if (next) this.names.unshift(name.split('_').slice(0, 2).join('_') + '_' + next);
        this.isCut ||= Boolean(more);
        for (const place in packages) {
          if (this.wanted && !place.endsWith('/' + this.wanted)) continue;
          for (const [name, summary] of packages[place]) {
            const value = score(name, summary, place, this.asked), key = place + ' ' + name;
            if (!value || this.known.has(key)) continue;
            this.known.add(key);
            this.hits.push({ name, summary, place, value });
          }
        }
        // What has all that there is of a word or a pair needs no other word's document, unless the word means an owner.
        if (!next && !more && this.hits.length) this.names = this.names.filter((each) => name.includes('_') && each.includes('_'));
      }
    }
    // In the order of merit; what was shown keeps its place.
    sort(shown) {
      const better = (a, b) => b.value - a.value || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.place < b.place ? -1 : 1);
      this.hits = [...this.hits.slice(0, shown), ...this.hits.slice(shown).sort(better)];
    }
  }

  const make = (name, ...children) => {
    const node = document.createElement(name);
    node.append(...children);
    return node;
  };
  // Characters that cannot be seen, or that turn text round, are shown by their number.
  const plain = (text) => text.split(/([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])/u).map((part, i) => {
    if (i % 2 === 0) return part;
    const odd = make('span', 'U+' + part.codePointAt(0).toString(16).toUpperCase().padStart(4, '0'));
    odd.className = 'odd';
    return odd;
  });
  const marked = (text, asked) => text.split(/([\p{L}\p{N}\p{M}]+)/u).flatMap((part) => {
    const hit = asked.find((word) => fold(part).startsWith(word));
    if (!hit) return plain(part);
    let end = 0;
    for (const letter of part) {
      if (fold(part.slice(0, end)).length >= hit.length) break;
      end += letter.length;
    }
    return [make('mark', ...plain(part.slice(0, end))), ...plain(part.slice(end))];
  });

  const row = ({ name, summary, place }, asked) => {
    const [owner, kind] = place.split('/');
    const values = { owner: encodeURIComponent(owner), type: kind, name: name.split('/').map(encodeURIComponent).join('/') };
    const link = make('a', make('bdi', ...marked(name, asked)));
    link.href = page.replace(/\{(\w+)\}/g, (_, key) => values[key]);
    const where = make('span', place), line = make('p', ...marked(summary, asked));
    where.className = 'type';
    line.dir = 'auto';
    return make('li', link, ' ', where, ...(summary ? [line] : []));
  };

  const button = make('button', 'More results');
  button.type = 'button';
  button.hidden = true;
  list.after(button);

  let turn = 0, answer, shown = 0;
  const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
  const show = () => {
    const upTo = Math.min(answer.hits.length, shown + PAGE);
    answer.sort(shown);
    list.append(...answer.hits.slice(shown, upTo).map((hit) => row(hit, answer.asked)));
    shown = upTo;
    const count = answer.hits.length, isOpen = answer.names.some((name) => name.includes('_')) || answer.isCut;
    button.hidden = count === shown && !answer.names.length;
    status.textContent = !count ? isOpen ? 'These words are too common; add a rarer one.' : 'No package matches.'
      : isOpen ? 'The best ' + number(shown) + '; another word or more letters narrow them.'
      : (count > shown ? number(shown) + ' of ' : '') + number(count) + (count === 1 ? ' package' : ' packages');
  };
  const search = async () => {
    const mine = ++turn, asked = [...new Set(words(input.value))];
    history.replaceState(null, '', '?' + new URLSearchParams(new FormData(form)));
    let found, failed = false;
    if (asked.length) try {
      found = new Answer(asked, type.value, await sources(asked));
      await found.fill(PAGE);
    } catch {
      failed = true;
    }
    if (mine !== turn) return;
    list.replaceChildren();
    button.hidden = true;
    shown = 0;
    answer = found;
    if (failed) status.textContent = 'The index could not be loaded. Try again.';
    else if (found) show();
    else status.textContent = '';
  };
  button.addEventListener('click', async () => {
    const at = shown, of = answer;
    try {
      await of.fill(at + PAGE);
    } catch {
      status.textContent = 'The index could not be loaded. Try again.';
      return;
    }
    if (of !== answer || at !== shown) return;
    show();
    list.querySelectorAll('a')[at]?.focus();
  });

  let wait;
  input.addEventListener('input', () => { clearTimeout(wait); wait = setTimeout(search, 60); });
  input.addEventListener('focus', () => get('index').catch(() => {}), { once: true });
  type.addEventListener('change', search);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    clearTimeout(wait);
    await search();
    list.querySelector('a')?.focus();
  });

  // Down and up walk through the field and the results; Escape goes back to the field, and there clears it.
  addEventListener('keydown', (event) => {
    const stops = [input, ...list.querySelectorAll('a')], at = stops.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (at < 0 || !step && event.key !== 'Escape' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) stops[at + step]?.focus();
    else if (at) input.focus();
    else {
      input.value = '';
      search();
    }
    event.preventDefault();
  });

  const given = new URLSearchParams(location.search);
  input.value = given.get('q') ?? '';
  for (const option of type.options) option.selected = option.value === (given.get('type') ?? '');
  if (input.value) search();
})();
