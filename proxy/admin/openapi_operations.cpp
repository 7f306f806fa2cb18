#include "proxy/admin/openapi_operations.hpp"

#include "proxy/admin/openapi_path.hpp"

#include <string_view>

namespace millrace::admin {

namespace {

constexpr std::string_view schemas = R"json(      "audit": {
        "type": "object", "required": ["audit"],
        "properties": {
          "audit": {
            "type": "array", "maxItems": 1000,
            "items": {
              "type": "object", "required": ["id", "time", "who", "action", "status", "outcome"],
              "properties": {
                "id": {"type": "integer"}, "time": {"type": "string", "format": "date-time"},
                "who": {"type": "string", "description": "name of the token; empty: none was right"},
                "role": {"type": "string", "enum": ["read", "operate", ""]},
                "said": {"type": "string", "description": "who they say they are"},
                "why": {"type": "string"},
                "action": {"type": "string", "description": "method and path"},
                "from": {"type": "string", "description": "address, or unix"},
                "status": {"type": "integer"},
                "outcome": {"type": "string", "description": "done, or the reason of the refusal"}
              }
            }
          }
        }
      },
      "webhooks": {
        "type": "object", "required": ["webhooks"],
        "properties": {
          "webhooks": {
            "type": "array",
            "items": {
              "type": "object", "required": ["name", "queued", "delivered", "dead_letters"],
              "properties": {
                "name": {"type": "string"}, "authority": {"type": "string"},
                "queued": {"type": "integer"}, "delivered": {"type": "integer"},
                "failed_attempts": {"type": "integer"}, "dead_letters": {"type": "integer"},
                "last_error": {"type": "string", "description": "empty: the last attempt went well"}
              }
            }
          }
        }
      },
      "dead_letters": {
        "type": "object", "required": ["dead_letters"],
        "properties": {
          "dead_letters": {
            "type": "array", "maxItems": 1000,
            "items": {
              "type": "object", "required": ["id", "webhook", "event_id", "attempts", "reason"],
              "properties": {
                "id": {"type": "integer"}, "time": {"type": "string", "format": "date-time"},
                "webhook": {"type": "string"}, "event_id": {"type": "string"},
                "event": {"type": "object", "nullable": true},
                "attempts": {"type": "integer"}, "reason": {"type": "string"}
              }
            }
          }
        }
      })json";

}  // namespace

std::string openapi_operation_paths() {
    return openapi_paths({
        {"/api/v1/audit",
         "get",
         "Who asked for which change, why, and what came of it.",
         "The newest 1000, in order of time.",
         "audit",
         {401}},
        {"/api/v1/webhooks",
         "get",
         "What each webhook was sent since the process began.",
         "By name.",
         "webhooks",
         {401}},
        {"/api/v1/dead-letters",
         "get",
         "Events that a webhook did not take.",
         "The newest 1000, in order of time.",
         "dead_letters",
         {401}},
        {"/api/v1/dead-letters/{name}/resend",
         "post",
         "Send a dead letter again, by its id.",
         "It is queued.",
         "status",
         {401, 404, 409, 413, 415},
         "request",
         false},
    });
}

std::string openapi_operation_schemas() {
    return std::string{schemas};
}

}  // namespace millrace::admin
