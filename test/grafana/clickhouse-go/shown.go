package main

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"net"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// shown gives any value the driver makes as one that JSON has.
func shown(value reflect.Value) any {
	if !value.IsValid() {
		return nil
	}
	if value.CanInterface() {
		if text, ok := special(value.Interface()); ok {
			return text
		}
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return nil
		}
		return shown(value.Elem())
	case reflect.Slice, reflect.Array:
		elements := make([]any, value.Len())
		for at := range elements {
			elements[at] = shown(value.Index(at))
		}
		return elements
	case reflect.Map:
		entries := make(map[string]any, value.Len())
		for _, key := range value.MapKeys() {
			entries[fmt.Sprint(shown(key))] = shown(value.MapIndex(key))
		}
		return entries
	case reflect.Int64, reflect.Int:
		return strconv.FormatInt(value.Int(), 10)
	case reflect.Uint64, reflect.Uint:
		return strconv.FormatUint(value.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return number(value)
	case reflect.String:
		return text(value.String())
	default:
		return value.Interface()
	}
}

// special is about types that are no plain numbers, strings, lists or maps; false for those.
func special(value any) (any, bool) {
	switch known := value.(type) {
	case time.Time:
		return known.UTC().Format(time.RFC3339Nano), true
	case clickhouse.Variant:
		return shown(reflect.ValueOf(known.Any())), true
	case net.IP:
		return address(known), true
	case big.Int:
		return known.String(), true
	case *big.Int:
		if known == nil {
			return nil, true
		}
		return known.String(), true
	}
	// Nil pointers have methods, too.
	if kind := reflect.TypeOf(value).Kind(); kind == reflect.Pointer {
		return nil, false
	}
	if known, ok := value.(fmt.Stringer); ok {
		return known.String(), true
	}
	return nil, false
}

// address keeps the difference between an address and the same one mapped into the longer kind.
func address(ip net.IP) string {
	if len(ip) == net.IPv6len && ip.To4() != nil {
		return "::ffff:" + ip.String()
	}
	return ip.String()
}

// number: JSON has no infinity.
func number(value reflect.Value) any {
	float := value.Float()
	if math.IsNaN(float) || math.IsInf(float, 0) {
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(float, 'g', -1, 64)), "+")
	}
	return value.Interface()
}

// text: JSON has no bytes either.
func text(value string) any {
	if utf8.ValidString(value) {
		return value
	}
	return map[string]any{"hex": hex.EncodeToString([]byte(value))}
}
