'use strict'
;(() => {
const texts = {"en":{"name":"Code","title":"Somebody shows you who they are","what":"You can look once. Press the button when the person is in front of you.","button":"Show","wait":"One moment …","again":"Try again","lost":"No connection. Nothing is lost: try again.","busy":"Not possible just now. Try again in a moment.","used":"This code was used already. Ask the person for a new one.","over":"This code is over: it lasted five minutes. Ask the person for a new one.","early":"This code is not valid yet. Try again a little later.","soon":"This code is still being prepared. Try again in a few seconds.","stopped":"The person has stopped this code.","absent":"There is no such code. Scan it again from the person's screen.","refused":"Nothing may be shown by this code.","photo":"Photo of the person","nophoto":"The photo cannot be shown here.","yes":"Yes","no":"No","by":"Written by","self":"the person themself","alone":"nobody vouches for it now","unknown":"somebody unknown","shown":"This is what the person shows you","face":"This proves the phone, not the face: whoever holds the phone could show it.","compare":"Compare the photo with the person.","once":"Shown once, at","keep":"Keep it as a signed file (JSON)","nothing":"Nothing is recorded of what the person wanted to show."},"fr":{"name":"Code","title":"Quelqu'un vous montre qui il est","what":"Vous pouvez regarder une seule fois. Appuyez sur le bouton quand la personne est devant vous.","button":"Montrer","wait":"Un instant …","again":"Réessayer","lost":"Pas de connexion. Rien n'est perdu : réessayez.","busy":"Impossible pour le moment. Réessayez dans un instant.","used":"Ce code a déjà servi. Demandez-en un nouveau à la personne.","over":"Ce code n'est plus valable : il durait cinq minutes. Demandez-en un nouveau à la personne.","early":"Ce code n'est pas encore valable. Réessayez un peu plus tard.","soon":"Ce code est encore en préparation. Réessayez dans quelques secondes.","stopped":"La personne a arrêté ce code.","absent":"Ce code n'existe pas. Scannez-le de nouveau sur l'écran de la personne.","refused":"Ce code ne peut rien montrer.","photo":"Photo de la personne","nophoto":"La photo ne peut pas être affichée ici.","yes":"Oui","no":"Non","by":"Écrit par","self":"la personne elle-même","alone":"personne ne s'en porte garant actuellement","unknown":"un inconnu","shown":"Voici ce que la personne vous montre","face":"Cela prouve le téléphone, pas le visage : quiconque tient le téléphone pourrait le montrer.","compare":"Comparez la photo avec la personne.","once":"Montré une fois, le","keep":"Garder dans un fichier signé (JSON)","nothing":"Rien n'est enregistré de ce que la personne voulait montrer."},"es":{"name":"Código","title":"Alguien le muestra quién es","what":"Puede mirar una sola vez. Pulse el botón cuando la persona esté delante de usted.","button":"Mostrar","wait":"Un momento …","again":"Intentar de nuevo","lost":"Sin conexión. No se ha perdido nada: inténtelo de nuevo.","busy":"Ahora no es posible. Inténtelo de nuevo en un momento.","used":"Este código ya se usó. Pida uno nuevo a la persona.","over":"Este código terminó: duraba cinco minutos. Pida uno nuevo a la persona.","early":"Este código todavía no vale. Inténtelo un poco más tarde.","soon":"Este código aún se está preparando. Inténtelo en unos segundos.","stopped":"La persona ha detenido este código.","absent":"No existe ese código. Escanéelo otra vez de la pantalla de la persona.","refused":"Este código no puede mostrar nada.","photo":"Foto de la persona","nophoto":"La foto no se puede mostrar aquí.","yes":"Sí","no":"No","by":"Escrito por","self":"la propia persona","alone":"nadie responde por ella ahora","unknown":"alguien desconocido","shown":"Esto es lo que la persona le muestra","face":"Esto prueba el teléfono, no la cara: quien tenga el teléfono podría mostrarlo.","compare":"Compare la foto con la persona.","once":"Mostrado una vez, el","keep":"Guardarlo como archivo firmado (JSON)","nothing":"No hay nada registrado de lo que la persona quería mostrar."},"ar":{"name":"رمز","title":"شخص يُريك من هو","what":"يمكنك النظر مرة واحدة فقط. اضغط الزر عندما يكون الشخص أمامك.","button":"عرض","wait":"لحظة …","again":"حاول مرة أخرى","lost":"لا يوجد اتصال. لم يُفقد شيء: حاول مرة أخرى.","busy":"غير ممكن الآن. حاول مرة أخرى بعد لحظة.","used":"استُعمل هذا الرمز من قبل. اطلب من الشخص رمزًا جديدًا.","over":"انتهى هذا الرمز: كان صالحًا خمس دقائق. اطلب من الشخص رمزًا جديدًا.","early":"هذا الرمز غير صالح بعد. حاول لاحقًا.","soon":"هذا الرمز ما زال قيد التحضير. حاول بعد بضع ثوانٍ.","stopped":"أوقف الشخص هذا الرمز.","absent":"لا يوجد رمز كهذا. امسحه مرة أخرى من شاشة الشخص.","refused":"لا يجوز عرض شيء بهذا الرمز.","photo":"صورة الشخص","nophoto":"لا يمكن عرض الصورة هنا.","yes":"نعم","no":"لا","by":"كتبه","self":"الشخص نفسه","alone":"لا أحد يضمنه الآن","unknown":"جهة غير معروفة","shown":"هذا ما يُريك إياه الشخص","face":"هذا يثبت الهاتف لا الوجه: من يحمل الهاتف يستطيع عرضه.","compare":"قارن الصورة بالشخص.","once":"عُرض مرة واحدة، في","keep":"احفظه كملف موقَّع (JSON)","nothing":"لا شيء مسجَّل مما أراد الشخص عرضه."},"my":{"name":"ကုဒ်","title":"လူတစ်ဦးက သူဘယ်သူဖြစ်ကြောင်း သင့်ကို ပြနေသည်","what":"တစ်ကြိမ်သာ ကြည့်နိုင်သည်။ ထိုသူ သင့်ရှေ့တွင် ရှိသောအခါ ခလုတ်ကို နှိပ်ပါ။","button":"ပြပါ","wait":"ခဏစောင့်ပါ …","again":"ထပ်ကြိုးစားပါ","lost":"ချိတ်ဆက်မှု မရှိပါ။ ဘာမျှ မပျောက်ပါ။ ထပ်ကြိုးစားပါ။","busy":"ယခု မဖြစ်နိုင်သေးပါ။ ခဏနေ ထပ်ကြိုးစားပါ။","used":"ဤကုဒ်ကို သုံးပြီးပါပြီ။ ထိုသူထံမှ အသစ် တောင်းပါ။","over":"ဤကုဒ် ကုန်ဆုံးပါပြီ။ ငါးမိနစ်သာ ခံသည်။ ထိုသူထံမှ အသစ် တောင်းပါ။","early":"ဤကုဒ် မစတင်သေးပါ။ နောက်မှ ထပ်ကြိုးစားပါ။","soon":"ဤကုဒ်ကို ပြင်ဆင်နေဆဲဖြစ်သည်။ စက္ကန့်အနည်းငယ်အကြာ ထပ်ကြိုးစားပါ။","stopped":"ထိုသူက ဤကုဒ်ကို ရပ်လိုက်ပြီ။","absent":"ထိုကုဒ် မရှိပါ။ ထိုသူ၏ မျက်နှာပြင်မှ ထပ်စကင်ဖတ်ပါ။","refused":"ဤကုဒ်ဖြင့် ဘာမျှ ပြ၍မရပါ။","photo":"ထိုသူ၏ ဓာတ်ပုံ","nophoto":"ဓာတ်ပုံကို ဤနေရာတွင် ပြ၍မရပါ။","yes":"ဟုတ်သည်","no":"မဟုတ်ပါ","by":"ရေးသူ","self":"ထိုသူ ကိုယ်တိုင်","alone":"ယခု အာမခံသူ မရှိပါ","unknown":"မသိသူ","shown":"ထိုသူက သင့်ကို ပြသည်မှာ","face":"ဤသည်က ဖုန်းကိုသာ သက်သေပြသည်၊ မျက်နှာကို မဟုတ်ပါ။ ဖုန်းကိုင်သူ မည်သူမဆို ပြနိုင်သည်။","compare":"ဓာတ်ပုံနှင့် လူကို နှိုင်းယှဉ်ပါ။","once":"တစ်ကြိမ်သာ ပြသည်၊","keep":"လက်မှတ်ပါသော ဖိုင်အဖြစ် သိမ်းပါ (JSON)","nothing":"ထိုသူ ပြလိုသည့်အရာ မှတ်တမ်းမရှိပါ။"},"sw":{"name":"Msimbo","title":"Mtu anakuonyesha yeye ni nani","what":"Unaweza kutazama mara moja tu. Bonyeza kitufe mtu akiwa mbele yako.","button":"Onyesha","wait":"Subiri kidogo …","again":"Jaribu tena","lost":"Hakuna mtandao. Hakuna kilichopotea: jaribu tena.","busy":"Haiwezekani sasa. Jaribu tena baada ya muda mfupi.","used":"Msimbo huu umeshatumika. Mwombe mtu mpya.","over":"Msimbo huu umekwisha: ulidumu dakika tano. Mwombe mtu mpya.","early":"Msimbo huu bado haujaanza. Jaribu tena baadaye kidogo.","soon":"Msimbo huu bado unatayarishwa. Jaribu tena baada ya sekunde chache.","stopped":"Mtu amesimamisha msimbo huu.","absent":"Hakuna msimbo kama huo. Changanua tena kwenye skrini ya mtu.","refused":"Msimbo huu hauwezi kuonyesha chochote.","photo":"Picha ya mtu","nophoto":"Picha haiwezi kuonyeshwa hapa.","yes":"Ndiyo","no":"Hapana","by":"Imeandikwa na","self":"mtu mwenyewe","alone":"hakuna anayeithibitisha sasa","unknown":"asiyejulikana","shown":"Hiki ndicho mtu anakuonyesha","face":"Hii inathibitisha simu, si uso: yeyote mwenye simu angeweza kuionyesha.","compare":"Linganisha picha na mtu.","once":"Imeonyeshwa mara moja,","keep":"Hifadhi kama faili iliyotiwa saini (JSON)","nothing":"Hakuna kilichorekodiwa cha yale ambayo mtu alitaka kuonyesha."},"uk":{"name":"Код","title":"Хтось показує вам, хто він","what":"Подивитися можна лише один раз. Натисніть кнопку, коли людина перед вами.","button":"Показати","wait":"Хвилинку …","again":"Спробувати ще раз","lost":"Немає зв'язку. Нічого не втрачено: спробуйте ще раз.","busy":"Зараз неможливо. Спробуйте ще раз за мить.","used":"Цей код уже використано. Попросіть у людини новий.","over":"Цей код закінчився: він діяв п'ять хвилин. Попросіть у людини новий.","early":"Цей код ще не діє. Спробуйте трохи пізніше.","soon":"Цей код ще готується. Спробуйте за кілька секунд.","stopped":"Людина зупинила цей код.","absent":"Такого коду немає. Відскануйте його ще раз з екрана людини.","refused":"За цим кодом нічого не можна показати.","photo":"Фото людини","nophoto":"Фото тут показати неможливо.","yes":"Так","no":"Ні","by":"Записано:","self":"сама людина","alone":"зараз за неї ніхто не ручається","unknown":"хтось невідомий","shown":"Ось що людина вам показує","face":"Це підтверджує телефон, а не обличчя: показати міг би кожен, хто тримає телефон.","compare":"Порівняйте фото з людиною.","once":"Показано один раз,","keep":"Зберегти як підписаний файл (JSON)","nothing":"З того, що людина хотіла показати, нічого не записано."}}
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
