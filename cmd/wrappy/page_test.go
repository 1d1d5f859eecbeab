package main

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/wrapious/wrappy/openapi"
)

// given is the grant that answered a request, when it counts.
func (a *asker) given(id string) string {
	a.v.t.Helper()
	var r openapi.Request
	eventually(a.v.t, "the request to be answered", func() bool {
		a.call("GET", "/v1/requests/"+id, "").into(a.v.t, http.StatusOK, &r)
		return r.Grant != nil
	})
	eventually(a.v.t, "the grant to count", func() bool {
		var held openapi.HeldGrant
		a.call("GET", "/v1/grants/"+*r.Grant, "").into(a.v.t, http.StatusOK, &held)
		return held.Status == openapi.StatusGiven
	})
	return *r.Grant
}

func (a *asker) fetch(grant string) answer {
	a.v.t.Helper()
	return a.call("POST", "/v1/grants/"+grant+"/release", "{}")
}

// pageFields is what the hospital writes of somebody with a phone.
var pageFields = []string{"identity.birth_place", "identity.language", "identity.name", "identity.photo"}

// known is a phone of somebody of whom the hospital has written down a few fields.
func (v *running) known(t *testing.T) *handset {
	t.Helper()
	p := v.handset(t)
	v.written(t, p)
	return p
}

// written has the hospital write down a few fields of somebody who makes a key on a phone.
func (v *running) written(t *testing.T, p *handset) (grant string) {
	t.Helper()
	ask := v.hospital.ask(object{"fields": pageFields})
	p.starts("#r=" + ask.ID().String()).agrees("Switch all on")
	grant = v.hospital.given(ask.ID().String())
	v.fills(t, grant)
	return grant
}

// fills has the hospital write those fields under a grant.
func (v *running) fills(t *testing.T, grant string) {
	t.Helper()
	values := object{}
	for _, f := range pageFields {
		for name, value := range record {
			if string(name) == f {
				values[f] = json.RawMessage(value)
			}
		}
	}
	v.hospital.call("POST", "/v1/grants/"+grant+"/fields", encode(object{"values": values})).into(t, http.StatusOK, &openapi.Written{})
}

// agrees says yes to fields of the request that is shown, or to all of it.
func (p *handset) agrees(labels ...string) *handset {
	p.t.Helper()
	p.sees("They ask you")
	for _, label := range labels {
		p.taps(label)
	}
	return p.taps("Yes").types(phonePIN).sees("You said yes").taps("OK").sees("What do you want")
}

// oneAddress lets all phones come from one.
var oneAddress = []string{"WRAPPY_LIMITS_PER_SECOND=1000", "WRAPPY_LIMITS_BURST=1000"}

// The main way: somebody who has never used an app makes a key, is asked, says yes to a part, the
// hospital fetches, the person sees it proven, stops it, and the hospital gets nothing.
func TestPage(t *testing.T) {
	v := launch(t)
	v.browse(t)
	type way struct {
		name string
		way  func(*running, *testing.T)
	}
	for _, group := range []struct {
		delay string // of a card that was shown; as configured by default where there is none
		ways  []way
	}{
		{"2s", []way{
			{"handed over at the age", (*running).handedOverAtTheAge}, {"children come back", (*running).childrenComeBack}, {"card restored", (*running).cardRestored}, {"restored stops", (*running).restoredStops},
		}},
		{"30s", []way{ // long enough for the next steps of a page on a busy machine
			{"cards on one phone", (*running).cardsOnOnePhone},
			{"main way", (*running).mainWay}, {"stop offline", (*running).stopOffline}, {"wrong clock", (*running).stopByAWrongClock}, {"start offline", (*running).startOffline}, {"two tabs", (*running).twoTabs},
			{"wrong PIN", (*running).wrongPIN}, {"Arabic", (*running).arabic}, {"picture of a code", (*running).pictureOfCode},
		}},
		{"", []way{
			{"storage", (*running).storage},
			{"slow line", (*running).slowLine}, {"history tampered with", (*running).historyTampered},
			{"two people", (*running).twoPeople}, {"handed over", (*running).handedOver}, {"card stopped", (*running).cardStopped}, {"card linked", (*running).cardLinked}, {"card offline", (*running).cardOffline}, {"shown code", (*running).shownCode}, {"what a code says", (*running).shownStates},
			{"reloads", (*running).reloads}, {"sent late", (*running).sentLate}, {"erased", (*running).erased}, {"camera", (*running).camera}, {"keyboard", (*running).keyboard},
			{"for a child", (*running).forAChild}, {"the day has come", (*running).dayHasCome},
			{"leaves nothing", (*running).leavesNothing}, {"stops first", (*running).stopsFirst}, {"not taken", (*running).notTaken}, {"stop overtakes a yes", (*running).stopOvertakesAYes},
			{"helped", (*running).helped}, {"warned", (*running).warned}, {"moved", (*running).moved},
			{"cards in turn", (*running).cardsInTurn}, {"hostile helper", (*running).hostileHelper}, {"help ends", (*running).helpEnds},
			{"helps by keys", (*running).helpsByKeys}, {"helps in Arabic", (*running).helpsInArabic},
			{"said afterwards", (*running).saidAfterwards}, {"asked at once", (*running).askedAtOnce}, {"read aloud", (*running).readAloud}, {"code looked at", (*running).codeLookedAt}, {"adds something", (*running).addsSomething},
			{"every language", (*running).everyLanguage}, {"updated", (*running).updated},
		}},
	} {
		environ := oneAddress
		if group.delay != "" {
			environ = append(slices.Clone(oneAddress), "WRAPPY_CARDS_RESTORE_DELAY="+group.delay)
		}
		v.reopen(t, environ...)
		t.Run("delay "+cmp.Or(group.delay, "by default"), func(t *testing.T) {
			for _, one := range group.ways {
				t.Run(one.name, func(t *testing.T) {
					t.Parallel() // each waits for the most part: for the chain's next block, a digest of six digits, a screen
					one.way(v.beside(t), t)
				})
			}
		})
	}
}

func (v *running) mainWay(t *testing.T) {
	p := v.known(t)
	ask := v.hospital.ask(object{"fields": pageFields[:3], "actions": []string{"read"}})
	p.returns("#r="+ask.ID().String()).sees("They ask you").fine("asked").agrees("Place of birth", "Name")
	p.until("everything to be sent", "document.querySelector('.strip').hidden")
	p.fine("home")
	grant := v.hospital.given(ask.ID().String())

	var released openapi.Released
	v.hospital.fetch(grant).into(t, http.StatusOK, &released)
	if len(released.Released) != 2 || released.Released["identity.name"] == nil || released.Released["identity.birth_place"] == nil {
		t.Errorf("released %v", released.Released)
	}
	p.taps("Who asked").sees("nothing is missing").sees("could see").sees("hospital").fine("history")
	p.returns("").sees("What do you want").taps("More").sees("Language").js("(back => { back.click(); setTimeout(() => back.click(), 1); return new Promise(done => setTimeout(done, 300)) })(document.querySelector('.back'))", nil)
	p.sees("What do you want").taps("My permissions").sees("They can see it now").fine("given")
	p.taps("Stop").types(phonePIN).sees("Nothing more is shown")
	isRefused(t, v.hospital.fetch(grant), http.StatusForbidden, "denied", "withdrawn")
}
