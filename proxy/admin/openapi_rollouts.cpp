#include "proxy/admin/openapi_rollouts.hpp"

#include "proxy/rollout/step.hpp"

#include <fmt/format.h>

#include <string_view>

namespace millrace::admin {

namespace {

using rollout::command;

constexpr std::string_view reads = R"json(    "/api/v1/rollouts": {
      "get": {
        "summary": "Every rollout, without its decisions.",
        "responses": {
          "200": {
            "description": "By the name of the route.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/rollouts"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        }
      }
    },
    "/api/v1/rollouts/{name}": {
      "get": {
        "summary": "The rollout of a route: where it stands, on what evidence, and how it got there.",
        "responses": {
          "200": {
            "description": "The rollout with its newest 50 decisions.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/rollout"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "404": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        },
        "parameters": [
          {"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}
        ]
      }
    })json";

/// @param {0}  the command, {1}  what it does, {2}  the schema of its body
constexpr std::string_view command_path = R"json(,
    "/api/v1/rollouts/{{name}}/{0}": {{
      "post": {{
        "summary": "{1}",
        "responses": {{
          "200": {{
            "description": "The rollout; it obeys at its next look, within a second.",
            "content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/rollout"}}}}}}
          }},
          "400": {{"$ref": "#/components/responses/error"}},
          "401": {{"$ref": "#/components/responses/error"}},
          "403": {{"$ref": "#/components/responses/error"}},
          "404": {{"$ref": "#/components/responses/error"}},
          "409": {{"$ref": "#/components/responses/error"}},
          "413": {{"$ref": "#/components/responses/error"}},
          "415": {{"$ref": "#/components/responses/error"}},
          "421": {{"$ref": "#/components/responses/error"}},
          "504": {{"$ref": "#/components/responses/error"}}
        }},
        "security": [{{"token": []}}],
        "parameters": [
          {{"name": "name", "in": "path", "required": true, "schema": {{"type": "string"}}}}
        ],
        "requestBody": {{
          "required": {3},
          "content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/{2}"}}}}}}
        }}
      }}
    }})json";

std::string path_of(command what, std::string_view summary) {
    bool const decides = what == command::promote || what == command::rollback;
    return fmt::format(
        command_path, rollout::name_of(what), summary, decides ? "decision" : "request", decides
    );
}

constexpr std::string_view schemas = R"json(      "request": {
        "type": "object", "additionalProperties": false,
        "properties": {
          "why": {"type": "string", "maxLength": 1000},
          "who": {"type": "string", "maxLength": 128}
        }
      },
      "decision": {
        "type": "object", "required": ["why"], "additionalProperties": false,
        "properties": {
          "why": {"type": "string", "minLength": 1, "maxLength": 1000},
          "who": {"type": "string", "maxLength": 128}
        }
      },
      "rollouts": {
        "type": "object", "required": ["rollouts"],
        "properties": {
          "rollouts": {"type": "array", "items": {"$ref": "#/components/schemas/rollout"}}
        }
      },
      "rollout": {
        "type": "object", "required": ["route", "phase", "verdict", "primary", "candidates"],
        "properties": {
          "route": {"type": "string"}, "id": {"type": "string"},
          "phase": {
            "type": "string",
            "enum": ["initializing", "progressing", "waiting", "succeeded", "failed"]
          },
          "verdict": {
            "type": "string",
            "enum": ["running", "successful", "failed", "inconclusive", "error"]
          },
          "step": {"type": "integer", "description": "place in steps, from 0"},
          "steps": {"type": "array", "items": {"type": "number", "description": "percent"}},
          "step_outcomes_min": {"type": "integer"}, "paused": {"type": "boolean"},
          "approved": {"type": "boolean"}, "incident": {"type": "boolean"},
          "trouble": {"type": "string", "description": "why nothing is decided; empty: none"},
          "ticks_lost": {"type": "integer"}, "primary": {"type": "string"},
          "primary_share": {"type": "number", "description": "percent"},
          "rollback_alpha": {"type": "number"}, "promote_alpha": {"type": "number"},
          "guardrails": {
            "type": "array",
            "items": {
              "type": "object", "required": ["name", "hypotheses"],
              "properties": {
                "name": {"type": "string"},
                "hypotheses": {
                  "type": "object", "description": "what the evidence has to refute",
                  "properties": {
                    "rollback": {"type": "string"}, "promotion": {"type": "string"}
                  }
                }
              }
            }
          },
          "candidates": {
            "type": "array", "items": {"$ref": "#/components/schemas/candidate"}
          },
          "decisions": {
            "type": "array", "maxItems": 50,
            "items": {"$ref": "#/components/schemas/decision_record"}
          }
        }
      },
      "candidate": {
        "type": "object", "required": ["backend", "guardrails"],
        "properties": {
          "backend": {"type": "string"},
          "share": {"type": "number", "description": "percent"},
          "out": {"type": "boolean", "description": "rolled back, for good"},
          "why_out": {"type": "string"}, "assignment_broken": {"type": "boolean"},
          "incident": {"type": "boolean"},
          "log_e_assignment": {"type": "number", "nullable": true},
          "guardrails": {"type": "array", "items": {"$ref": "#/components/schemas/evidence"}}
        }
      },
      "evidence": {
        "type": "object", "required": ["name", "primary", "candidate"],
        "description": "Logarithms of e-values in nats; null: not finite.",
        "properties": {
          "name": {"type": "string"},
          "log_e_rollback": {"type": "number", "nullable": true},
          "rollback_threshold": {"type": "number", "nullable": true},
          "log_e_promotion": {"type": "number", "nullable": true},
          "log_e_promotion_step": {"type": "number", "nullable": true},
          "promotion_threshold": {"type": "number", "nullable": true},
          "step_outcomes": {"type": "integer"},
          "primary": {"$ref": "#/components/schemas/outcomes"},
          "candidate": {"$ref": "#/components/schemas/outcomes"},
          "units_to_promotion": {
            "type": "number", "nullable": true,
            "description": "requests of both that are still needed at the present rates"
          },
          "waiting": {"type": "boolean"}, "broken": {"type": "boolean"},
          "arrivals_broken": {"type": "boolean"}
        }
      },
      "outcomes": {
        "type": "object", "required": ["count", "bad"],
        "properties": {"count": {"type": "integer"}, "bad": {"type": "integer"}}
      },
      "decision_record": {
        "type": "object", "required": ["time", "at_ms", "reason", "shares"],
        "properties": {
          "time": {"type": "string", "format": "date-time"},
          "at_ms": {"type": "integer", "description": "since the rollout began"},
          "reason": {"type": "string"}, "detail": {"type": "string"},
          "candidate": {"type": "string", "nullable": true},
          "who": {"type": "string"}, "why": {"type": "string"},
          "phase": {"type": "string"}, "verdict": {"type": "string"},
          "shares": {
            "type": "object", "description": "percent by backend, from then on",
            "additionalProperties": {"type": "number"}
          },
          "evidence": {"type": "array", "items": {"$ref": "#/components/schemas/candidate"}}
        }
      })json";

}  // namespace

std::string openapi_rollout_paths() {
    return std::string{reads} +
           path_of(
               command::pause,
               "Give no more weight and do not promote; rollbacks go on, and weights may be set."
           ) +
           path_of(command::resume, "Go on after a pause.") +
           path_of(command::approve, "Let happen what waits for a person.") +
           path_of(
               command::promote, "Make the candidate the primary, whatever the evidence says."
           ) +
           path_of(command::rollback, "Take every candidate out, whatever the evidence says.");
}

std::string openapi_rollout_schemas() {
    return std::string{schemas};
}

}  // namespace millrace::admin
