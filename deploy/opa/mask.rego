# What need not leave the engine. eastwest replaces credentials by references before it writes anything; what is masked here
# cannot be joined: leave `authorization` as it is where a token is to be followed from the mesh to the decision.
package system.log

mask contains "/input/attributes/request/http/body"

mask contains "/input/attributes/request/http/headers/cookie"

mask contains "/input/parsed_body"
