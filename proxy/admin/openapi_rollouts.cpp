#include "proxy/admin/openapi_rollouts.hpp"

#include "proxy/admin/openapi_path.hpp"
#include "proxy/rollout/step.hpp"

#include <string_view>

namespace millrace::admin {

namespace {

using rollout::command;

api_path command_path(command what, std::string_view path, std::string_view summary) {
    bool const decides = what == command::promote || what == command::rollback;
    return {
        path,
        "post",
        summary,
        "The rollout; it obeys at its next look, within a second.",
        "rollout",
        {401, 404, 409, 413, 415, 504},
        decides ? "decision" : "request",
        decides};
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
            "enum": ["initializing", "mirroring", "progressing", "waiting", "succeeded", "failed"]
          },
          "verdict": {
            "type": "string",
            "enum": ["running", "successful", "failed", "inconclusive", "error"]
          },
          "step": {"type": "integer", "description": "place in steps, from 0"},
          "steps": {"type": "array", "items": {"type": "number", "description": "percent"}},
          "step_outcomes_min": {"type": "integer"}, "paused": {"type": "boolean"},
          "approved": {"type": "boolean"}, "incident": {"type": "boolean"},
          "load": {"type": "boolean", "description": "the whole route is in breach of its guard"},
          "batch": {"type": "integer", "description": "of a bandit, from 0"},
          "trouble": {"type": "string", "description": "why nothing is decided; empty: none"},
          "waiting_for": {"type": "string", "description": "whose confirmation; empty: none"},
          "ticks_lost": {"type": "integer"}, "primary": {"type": "string"},
          "units": {
            "type": "object", "description": "of a route with affinity",
            "properties": {
              "known": {"type": "integer", "description": "that are remembered"},
              "lost": {"type": "integer", "description": "whose outcome a restart took"}
            }
          },
          "primary_share": {"type": "number", "description": "percent"},
          "rollback_alpha": {"type": "number"}, "promote_alpha": {"type": "number"},
          "attempt": {"type": "integer", "description": "of the same artifact on this route"},
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
          },
          "forecast": {
            "type": "array",
            "description": "what evidence will take where 1 % of requests fail and 10 % of labels are wrong",
            "items": {
              "type": "object", "required": ["metric", "share", "harm"],
              "properties": {
                "metric": {"type": "string"}, "harm": {"type": "string"},
                "share": {"type": "number", "description": "percent of each candidate"},
                "requests_to_rollback": {"type": "number", "nullable": true},
                "requests_to_promotion": {"type": "number", "nullable": true}
              }
            }
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
          "guardrails": {"type": "array", "items": {"$ref": "#/components/schemas/evidence"}},
          "rewards": {"type": "array", "items": {"$ref": "#/components/schemas/reward"}},
          "metrics": {"type": "array", "items": {"$ref": "#/components/schemas/custom_metric"}}
        }
      },
      "custom_metric": {
        "type": "object", "required": ["name", "role", "primary", "candidate", "holds"],
        "properties": {
          "name": {"type": "string"},
          "role": {"type": "string", "enum": ["objective", "indicator"]},
          "primary": {"$ref": "#/components/schemas/reading"},
          "candidate": {"$ref": "#/components/schemas/reading"},
          "holds": {"type": "boolean", "description": "it does not stand in the way"},
          "lack": {"type": "string", "description": "why it does not hold"}
        }
      },
      "reading": {
        "type": "object", "required": ["state", "value"],
        "properties": {
          "state": {
            "type": "string",
            "enum": ["fresh", "stale", "no value", "provider down", "slow", "wrong"]
          },
          "value": {"type": "number", "nullable": true},
          "sample_size": {"type": "number", "nullable": true}
        }
      },
      "evidence": {
        "type": "object", "required": ["name", "primary", "candidate"],
        "description": "Logarithms of e-values in nats; null: not finite.",
        "properties": {
          "name": {"type": "string"},
          "decides": {"type": "boolean", "description": "false of an indicator"},
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
      "reward": {
        "type": "object", "required": ["name", "primary", "candidate"],
        "description": "As evidence; the arms by their mean values in [0, 1], larger is better.",
        "properties": {
          "name": {"type": "string"}, "decides": {"type": "boolean"},
          "log_e_rollback": {"type": "number", "nullable": true},
          "rollback_threshold": {"type": "number", "nullable": true},
          "log_e_promotion": {"type": "number", "nullable": true},
          "log_e_promotion_step": {"type": "number", "nullable": true},
          "promotion_threshold": {"type": "number", "nullable": true},
          "step_outcomes": {"type": "integer"},
          "primary": {"$ref": "#/components/schemas/scores"},
          "candidate": {"$ref": "#/components/schemas/scores"},
          "difference": {
            "type": "array", "nullable": true, "items": {"type": "number"},
            "description": "candidate less primary: holds at all times together with 95 %"
          },
          "units_to_promotion": {"type": "number", "nullable": true},
          "waiting": {"type": "boolean"}, "broken": {"type": "boolean"},
          "arrivals_broken": {"type": "boolean"}
        }
      },
      "scores": {
        "type": "object", "required": ["count", "mean"],
        "properties": {"count": {"type": "integer"}, "mean": {"type": "number", "nullable": true}}
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
    return openapi_paths({
        {"/api/v1/rollouts",
         "get",
         "Every rollout, without its decisions.",
         "By the name of the route.",
         "rollouts"},
        {"/api/v1/rollouts/{name}",
         "get",
         "The rollout of a route: where it stands, on what evidence, and how it got there.",
         "The rollout with its newest 50 decisions.",
         "rollout",
         {404}},
        command_path(
            command::pause,
            "/api/v1/rollouts/{name}/pause",
            "Give no more weight and do not promote; rollbacks go on, and weights may be set."
        ),
        command_path(command::resume, "/api/v1/rollouts/{name}/resume", "Go on after a pause."),
        command_path(
            command::approve,
            "/api/v1/rollouts/{name}/approve",
            "Let happen what waits for a person."
        ),
        command_path(
            command::promote,
            "/api/v1/rollouts/{name}/promote",
            "Make the candidate the primary, whatever the evidence says."
        ),
        command_path(
            command::rollback,
            "/api/v1/rollouts/{name}/rollback",
            "Take every candidate out, whatever the evidence says."
        ),
    });
}

std::string openapi_rollout_schemas() {
    return std::string{schemas};
}

}  // namespace millrace::admin
