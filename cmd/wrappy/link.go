package main

import (
	"errors"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"rsc.io/qr"

	"github.com/wrapious/wrappy/consent"
)

// A request's link is the address of the page where people answer, with the request's id
// as its fragment: a browser never sends that to any server, so the id, by which anyone
// could answer, is in nobody's log. There is nothing else in it.
const (
	requestFragment = "r="
	formerFragment  = "request="
)

func requestLink(page string, id string) (string, error) {
	u, err := url.Parse(page)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "" {
		return "", usage("--page: want the https address of the page where people answer, without ? and #")
	}
	return u.String() + "#" + requestFragment + id, nil
}

// parseRequest takes a request's id, or its link.
func parseRequest(text string) (id consent.RequestID, err error) {
	if _, fragment, isLink := strings.Cut(text, "#"); isLink {
		text = fragment
		for _, prefix := range []string{requestFragment, formerFragment} {
			if rest, found := strings.CutPrefix(fragment, prefix); found {
				text = rest
				break
			}
		}
	}
	if err := id.UnmarshalText([]byte(text)); err != nil {
		return id, usage("request: %w", err)
	}
	return id, nil
}

// qrFlags show a request's link as a QR code.
type qrFlags struct {
	page, file string
	show       bool
}

func (q *qrFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&q.page, "page", "", "https address of the page where people answer; without it the vault's own")
	q.drawn(c, "link")
}

// drawn are the ways in which something is shown as a QR code.
func (q *qrFlags) drawn(c *cobra.Command, of string) {
	c.Flags().BoolVar(&q.show, "qr", false, "draw the "+of+"'s QR code on standard error")
	c.Flags().StringVar(&q.file, "qr-file", "", "write the "+of+"'s QR code as PNG")
}

func (q *qrFlags) check() error {
	if (q.show || q.file != "") && q.page == "" {
		return usage("--qr, --qr-file: the vault names no page where people answer: want --page")
	}
	if q.page == "" {
		return nil
	}
	_, err := requestLink(q.page, "")
	return err
}

// give shows the link in the ways asked for, and returns it; "" without a page.
func (q *qrFlags) give(on io.Writer, id string) (string, error) {
	if q.page == "" {
		return "", nil
	}
	link, err := requestLink(q.page, id)
	if err != nil {
		return "", err
	}
	return link, q.draw(on, link)
}

// draw shows a link as its QR code, in the ways asked for.
func (q *qrFlags) draw(on io.Writer, link string) error {
	code, err := qr.Encode(link, qr.M)
	if err != nil {
		return errors.New("the link is too long for a QR code")
	}
	if q.file != "" {
		code.Scale = 8
		// whoever has it has what the link is for: not for others on this machine
		if err := os.WriteFile(q.file, code.PNG(), 0o600); err != nil {
			return err
		}
	}
	if q.show {
		_, err = io.WriteString(on, halfBlocks(code))
	}
	return err
}

// margin is the light border that readers need, in modules.
const margin = 4

// halfBlocks draws two rows of modules in one line of text. Light modules are drawn and
// dark ones left out, so that it can be read on the dark ground of most terminals;
// readers of today take the inverse as well.
func halfBlocks(code *qr.Code) string {
	var b strings.Builder
	light := func(x, y int) bool { return !code.Black(x, y) } // outside is light
	for y := -margin; y < code.Size+margin; y += 2 {
		for x := -margin; x < code.Size+margin; x++ {
			switch up, down := light(x, y), light(x, y+1) && y+1 < code.Size+margin; {
			case up && down:
				b.WriteRune('█')
			case up:
				b.WriteRune('▀')
			case down:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
