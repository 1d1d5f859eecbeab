// The small page behind a code on somebody's screen. It keeps nothing, and uses the code only
// when the button is pressed: whoever fetches pages in advance uses up nothing.
'use strict'
;(() => {
  const texts = '%texts%'
  const secret = location.hash.slice(1)
  history.replaceState(null, '', location.pathname) // neither in the address bar nor in the history any more

  const language = [...navigator.languages, 'en'].map(l => l.toLowerCase().split('-')[0]).find(l => texts[l]) || 'en'
  const t = texts[language]
  document.documentElement.lang = language
  document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr'
  const at = id => document.getElementById(id)
  const make = (name, text, kind) => {
    const e = document.createElement(name)
    if (text) e.textContent = text
    if (kind) e.className = kind
    return e
  }
  const button = at('show')
  const tell = (...nodes) => at('answer').replaceChildren(...nodes.map(n => typeof n === 'string' ? make('p', n) : n))
  at('title').textContent = t.title
  document.title = t.name

  // one look has one key: where the answer was lost on the way, the same look gets it again
  const key = [...crypto.getRandomValues(new Uint8Array(20))].map(b => b.toString(16).padStart(2, '0')).join('')
  const reasons = { limit_reached: t.used, expired: t.over, not_yet: t.early, unconfirmed: t.soon, withdrawn: t.stopped, revoked: t.stopped }

  const again = text => {
    tell(text)
    button.textContent = t.again
    button.hidden = false
    button.removeAttribute('aria-disabled')
  }

  const look = async () => {
    if (button.getAttribute('aria-disabled')) return
    button.setAttribute('aria-disabled', 'true') // and not disabled: whoever has no pointer stays where they are
    tell(t.wait)
    let answer, text
    try {
      const late = new AbortController()
      const timer = setTimeout(() => late.abort(), 60000)
      answer = await fetch('/v1/shown', {
        method: 'POST', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', redirect: 'error', signal: late.signal,
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key }, body: JSON.stringify({ secret }),
      })
      text = await answer.text()
      clearTimeout(timer)
    } catch {
      return again(t.lost)
    }
    let said
    try { said = JSON.parse(text) } catch { said = {} }
    if (answer.ok && said.statement) return show(said, text)
    const why = (said.reasons || []).map(r => reasons[r]).find(Boolean)
    if (answer.status === 429 || answer.status >= 500 || why === t.early || why === t.soon) return again(why || t.busy)
    button.hidden = at('what').hidden = true
    at('title').focus()
    tell(why || (answer.status === 404 ? t.absent : t.refused))
  }

  const names = value => value.filter(n => n && typeof n === 'object').map(n => n.text || [].concat(n.prefix || [], n.given || [], n.family || [], n.suffix || []).join(' ')).filter(Boolean)
  const isText = v => typeof v === 'string' || typeof v === 'number'
  const day = text => /^\d{4}-\d\d-\d\d$/.test(text) ? new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(text + 'T00:00:00Z')) : text

  // what a value looks like: text, or a picture
  const seen = (field, value) => {
    if (field === 'identity.photo') {
      for (const p of [].concat(value)) {
        if (p && /^image\/(jpeg|png|webp|gif)$/.test(p.contentType) && /^[A-Za-z0-9+/=\s]+$/.test(p.data || '')) {
          const img = make('img')
          img.src = `data:${p.contentType};base64,${p.data}`
          img.alt = t.photo
          return img
        }
      }
      return make('strong', t.nophoto)
    }
    if (typeof value === 'boolean') return make('strong', value ? t.yes : t.no)
    if (isText(value)) return make('strong', day(String(value)))
    if (Array.isArray(value) && names(value).length) return make('strong', names(value).join(' · '))
    return make('strong', JSON.stringify(value))
  }

  const show = (said, text) => {
    const statement = JSON.parse(said.statement)
    const labels = Object.fromEntries(said.fields.map(f => [f.name, f.label[language] || f.label.en]))
    const writers = Object.fromEntries(said.writers.map(w => [w.id, w]))
    const list = make('dl')
    // the face first
    const fields = Object.keys(statement.shown).sort((a, b) => (b === 'identity.photo') - (a === 'identity.photo'))
    for (const field of fields) {
      list.append(make('dt', labels[field] || field))
      for (const v of statement.shown[field]) {
        const one = make('dd')
        const w = writers[v.writer]
        const who = /^0x0+$/.test(v.writer) ? t.self : w ? w.name + (w.attested && !w.suspended ? '' : ' – ' + t.alone) : t.unknown
        const when = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(v.written_at * 1000))
        const by = make('small')
        by.append(t.by + ' ')
        const name = make('bdi', who) // another script must not turn the sentence round
        by.append(name, ' · ' + when)
        one.append(seen(field, v.value), by)
        list.append(one)
      }
    }
    const keep = make('a', t.keep, 'act')
    keep.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    keep.download = 'shown.json'
    const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(statement.at * 1000))
    button.hidden = true
    at('what').hidden = true
    at('title').textContent = t.shown
    tell(...(fields.length ? [list] : [t.nothing]), make('p', t.face + (list.querySelector('img') ? ' ' + t.compare : ''), 'note'), make('p', t.once + ' ' + time, 'note'), keep)
    at('title').focus()
  }

  if (!/^[A-Za-z0-9_-]{43}$/.test(secret)) return tell(t.absent)
  at('what').textContent = t.what
  button.textContent = t.button
  button.hidden = false
  button.addEventListener('click', look)
})()
