// Command clickhouse-go asks a store over HTTP as Grafana's ClickHouse plugin does, and prints what arrived.
//
// It reads one request as JSON from standard input and writes one answer as JSON to standard output. Numbers of 64 bits and
// more, decimals, addresses and UUIDs are strings there, instants are RFC 3339 in UTC.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

type request struct {
	// Address is host and port.
	Address  string         `json:"address"`
	Database string         `json:"database"`
	Username string         `json:"username"`
	Password string         `json:"password"`
	Settings map[string]any `json:"settings"`
	Queries  []query        `json:"queries"`
}

type query struct {
	Name string `json:"name"`
	SQL  string `json:"sql"`
}

type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type answer struct {
	Name    string   `json:"name"`
	Columns []column `json:"columns"`
	Rows    [][]any  `json:"rows"`
	// Error is empty where the query was answered.
	Error string `json:"error"`
}

func main() {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fail(err)
	}
	database := open(asked)
	answers := make([]answer, 0, len(asked.Queries))
	for _, one := range asked.Queries {
		found, err := read(database, one)
		if err != nil {
			found.Error = err.Error()
		}
		answers = append(answers, found)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fail(err)
	}
}

// open gives the options that the plugin gives: pkg/plugin/driver.go of grafana/clickhouse-datasource.
func open(asked request) *sql.DB {
	return clickhouse.OpenDB(&clickhouse.Options{
		Addr:        []string{asked.Address},
		Auth:        clickhouse.Auth{Database: asked.Database, Username: asked.Username, Password: asked.Password},
		Compression: &clickhouse.Compression{Method: clickhouse.CompressionGZIP},
		DialTimeout: 10 * time.Second,
		Protocol:    clickhouse.HTTP,
		ReadTimeout: 60 * time.Second,
		Settings:    asked.Settings,
	})
}

// read takes every row into variables of the types that the driver names, as the plugin's framework does. The deadline
// becomes the setting max_execution_time.
func read(database *sql.DB, one query) (answer, error) {
	found := answer{Name: one.Name, Columns: []column{}, Rows: [][]any{}}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	rows, err := database.QueryContext(ctx, one.SQL)
	if err != nil {
		return found, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return found, err
	}
	places := make([]any, len(types))
	for at, kind := range types {
		found.Columns = append(found.Columns, column{Name: kind.Name(), Type: kind.DatabaseTypeName()})
		places[at] = reflect.New(kind.ScanType()).Interface()
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return found, err
		}
		row := make([]any, len(places))
		for at, place := range places {
			row[at] = shown(reflect.ValueOf(place).Elem())
		}
		found.Rows = append(found.Rows, row)
	}
	return found, rows.Err()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
