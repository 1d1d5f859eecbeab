// Command knowlog tells a litewitness, by its database, of a log that it may cosign, as
// witnessctl does, whose dependencies are many.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"log"
	"os"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: knowlog <database> <origin> <verifier key>")
	}
	db, err := sqlite.OpenConn(os.Args[1], sqlite.OpenReadWrite)
	if err != nil {
		log.Fatal(err)
	}
	empty := sha256.Sum256(nil)
	origin, key := os.Args[2], os.Args[3]
	for _, statement := range []struct {
		query string
		args  []any
	}{
		{"INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", []any{origin, base64.StdEncoding.EncodeToString(empty[:])}},
		{"INSERT INTO key (origin, key) VALUES (?, ?)", []any{origin, key}},
	} {
		if err := sqlitex.Execute(db, statement.query, &sqlitex.ExecOptions{Args: statement.args}); err != nil {
			log.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		log.Fatal(err)
	}
}
