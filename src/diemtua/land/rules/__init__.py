"""Pure rules of land: units, periods, the ledger, criteria and questions. Nothing here imports a model."""
