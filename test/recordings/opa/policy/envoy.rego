# The authorizer of a mesh, asked in Envoy's words.
package envoy.authz

http := input.attributes.request.http

default allow := false

allow if http.method == "GET"

verdict := {"allowed": true, "headers": {"x-user": "u-314"}} if allow

verdict := {"allowed": false, "http_status": 403, "headers": {"x-deny-reason": "role"}} if not allow
