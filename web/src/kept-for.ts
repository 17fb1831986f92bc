import { h } from './dom.ts';

const MAX_DAYS = 36_500;

/** One way of how long messages are kept, other than a number of days. */
export interface KeptChoice {
  readonly label: string;
  /** As the call wants it. */
  readonly days: number | null;
}

/** A choice between these and a number of days. */
export class KeptFor {
  readonly element: HTMLElement;
  readonly #choices: readonly KeptChoice[];
  readonly #choice: HTMLSelectElement;
  readonly #days = h('input', {
    type: 'number',
    id: 'kept-days',
    min: 1,
    max: MAX_DAYS,
    step: 1,
    inputmode: 'numeric',
    'aria-label': 'Days',
  });

  constructor(label: string, choices: readonly KeptChoice[]) {
    this.#choices = choices;
    const options = [...choices.map((one) => one.label), 'For a number of days'];
    this.#choice = h('select', { id: 'kept-for' }, ...options.map((name, at) => h('option', { value: at }, name)));
    this.#choice.addEventListener('change', () => this.#showDays());
    const unit = h('span', { class: 'kept-days' }, this.#days, h('span', {}, 'days'));
    this.element = h('div', { class: 'field-row' }, h('label', { for: 'kept-for' }, label), this.#choice, unit);
  }

  show(days: number | null): void {
    const at = this.#choices.findIndex((one) => one.days === days);
    this.#choice.value = String(at < 0 ? this.#choices.length : at);
    this.#days.value = at < 0 ? String(days) : '365';
    this.#showDays();
  }

  /** Undefined, and the browser says why, where the number is none. */
  chosen(): number | null | undefined {
    const one = this.#choices[Number(this.#choice.value)];
    if (one) return one.days;
    return this.#days.reportValidity() && this.#days.value !== '' ? Number(this.#days.value) : undefined;
  }

  #showDays(): void {
    const hidden = this.#choice.value !== String(this.#choices.length);
    this.#days.parentElement!.hidden = hidden;
    this.#days.required = !hidden;
    // A form does not ask for what is out of sight.
    this.#days.disabled = hidden;
  }
}

/** As `for 30 days`. */
export function keptName(days: number | null): string {
  if (days === null) return 'for good';
  return days === 1 ? 'for one day' : `for ${days} days`;
}
