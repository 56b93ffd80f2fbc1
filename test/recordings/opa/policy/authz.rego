# What the recording asks: one rule for each shape that a result can have.
package shop.authz

default allow := false

allow if {
	input.subject.id == "u-314"
	input.action == "refund.create"
	input.amount_minor <= 5000
}

allow if input.method == "GET"

# Undefined for everybody else.
escalate if input.subject.roles[_] == "lead"

deny contains "over the limit" if input.amount_minor > 5000

word := "allow" if allow

word := "deny" if not allow

decision := {
	"allowed": false,
	"http_status": 403,
	"headers": {"x-deny-reason": "role"},
	"body": "role agent may not",
}

clash := 1 if input.clash

clash := 2 if input.clash
