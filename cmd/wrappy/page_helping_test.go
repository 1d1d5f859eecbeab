package main

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
)

// A helper without a pointer goes by keys alone; the person types the digits by keys, too.
func (v *running) helpsByKeys(t *testing.T) {
	const pin = phonePIN
	person, card, _ := v.carded(t, pin)
	standing := person.give(v.hospital.ask(object{"fields": pageFields[:1], "actions": []string{"read"}}))
	v.hospital.await(standing, "given")
	request := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}}).ID()
	p := v.handset(t).open("").enters("English").enters("Help somebody").enters("Help to say yes").sees("Use a picture").reaches("Use a picture")
	p.uploads(codeOf(t, v.publicURL+"/me/#r="+request.String())).sees("Show the person's card").uploads(codeOf(t, card)).digits()
	p.sees("Then everything is gone").enters("What the person is asked").sees("They ask you").reaches("Name").run(chromedp.KeyEvent(" "))
	p.enters("Yes").sees("Your organisation signs").reaches("Keep it as a file").reaches("Scan the answer")
	p.enters("Back").sees("They ask you").enters("No").sees("You said no").enters("OK")
	p.sees("Then everything is gone").enters("Stop").sees("Does the person want").enters("Yes").sees("Nothing more is shown").enters("OK")
	p.sees("You have given no permission").enters("Finished").sees("A key of your own")
	isRefused(t, v.hospital.fetch(standing.Grant.ID().String()), http.StatusForbidden, "denied", "withdrawn")
}

// The helper's screens in Arabic. The yes, which nobody can say in words that nobody has checked, is taken by force, for the screen behind it.
func (v *running) helpsInArabic(t *testing.T) {
	const pin = phonePIN
	person, card, _ := v.carded(t, pin)
	v.hospital.await(person.give(v.hospital.ask(object{"fields": pageFields[:1], "actions": []string{"read"}})), "given")
	request := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}, "notices": []object{{"language": "ar", "text": "لكي نعالجك."}}}).ID()
	p := v.handset(t).open("").taps("العربية").taps("مساعدة شخص").fine("help-ar").taps("المساعدة في الموافقة على طلب").uploads(codeOf(t, v.publicURL+"/me/#r="+request.String()))
	p.sees("أظهر بطاقة الشخص").fine("help-card-ar").uploads(codeOf(t, card)).types(pin).sees("بعدها يختفي كل شيء").fine("help-board-ar")
	p.taps("ما يُطلب من الشخص").sees("لكي نعالجك").fine("help-asked-ar")
	p.js("document.querySelector('label.row').click(), document.querySelector('.yes').removeAttribute('disabled'), document.querySelector('.yes').click()", nil)
	p.sees("منظمتك توقّع").fine("help-sign-ar")
	p.js("history.back()", nil)
	p.sees("لكي نعالجك").js("document.querySelector('.no').click()", nil)
	p.sees("قلت لا").fine("help-no-ar").taps("حسناً").sees("بعدها يختفي كل شيء").taps("أوقف").sees("هل يريد الشخص").sees("hospital").fine("help-sure-ar")
	p.taps("نعم").sees("لا يُعرض عليهم شيء").fine("help-stopped-ar")
}
