"""How the database came to its present shape. Steps are never edited once released; a new shape is a new step."""
