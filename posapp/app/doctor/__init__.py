"""`posapp doctor`: one room for each thing that is looked at; none can change anything or stop the others."""
