// The closed list of what the embedded database understands. Data only: refusals (238) come from it, the page of the documentation is written from it,
// and a test holds it against the tables of operators.

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** What works, by family. */
export const supported = {
  query: {
    comparison: names('$eq $ne $gt $gte $lt $lte $in $nin'),
    logical: names('$and $or $nor $not $expr $comment'),
    element: names('$exists $type'),
    text: names('$regex $options'),
    array: names('$all $elemMatch $size'),
  },
  projection: { find: names('$ $elemMatch $slice') },
  update: {
    fields: names('$set $unset $inc $mul $min $max $rename $setOnInsert $currentDate $bit'),
    arrays: names('$push $addToSet $pull $pullAll $pop'),
    modifiers: names('$each $position $slice $sort'),
    positions: names('$ $[] $[name]'),
  },
  stages: {
    rows: names('$match $sort $limit $skip $count $unwind $lookup $facet'),
    shape: names('$project $addFields $set $unset $replaceRoot $replaceWith'),
    groups: names('$group $bucket $sortByCount'),
  },
  accumulators: {
    numbers: names('$sum $avg $min $max $count $median $percentile'),
    values: names('$first $last $push $addToSet'),
    best: names('$top $topN $bottom $bottomN $firstN $lastN $maxN $minN'),
  },
  expressions: {
    arithmetic: names(`
      $add $subtract $multiply $divide $mod $abs $ceil $floor $round $trunc`),
    logic: names('$eq $ne $gt $gte $lt $lte $cmp $and $or $not $cond $ifNull $switch $let $literal'),
    strings: names(`
      $concat $toUpper $toLower $substrCP $strLenCP $split $trim $indexOfCP $regexMatch $replaceAll`),
    arrays: names(`
      $size $isArray $arrayElemAt $first $last $slice $in $concatArrays $reverseArray $sortArray $range
      $map $filter $reduce $firstN $lastN $maxN $minN`),
    sets: names('$setUnion $setIntersection $setDifference $setEquals $setIsSubset $anyElementTrue $allElementsTrue'),
    objects: names('$mergeObjects $type $isNumber'),
    totals: names('$sum $avg $min $max $median $percentile'),
    dates: names(`
      $year $month $dayOfMonth $hour $minute $second $millisecond $dayOfWeek $dayOfYear $week $isoWeek $isoDayOfWeek
      $isoWeekYear $dateToString $dateTrunc $dateAdd $dateSubtract $dateDiff`),
  },
} satisfies Record<string, Record<string, readonly string[]>>;

/** What MongoDB has and this engine has not: refused by name, while other names are an error of the caller as in MongoDB. */
export const refusedNames = {
  query: names(`
      $text $where $jsonSchema $geoWithin $geoIntersects $near $nearSphere $bitsAllSet $bitsAllClear $bitsAnySet $bitsAnyClear
      $rand $sampleRate $alwaysTrue $alwaysFalse $mod`),
  update: names('$pushAll $isolated'),
  stages: names(`
      $merge $out $setWindowFields $graphLookup $bucketAuto $unionWith $sample $densify $fill $redact $geoNear $changeStream
      $changeStreamSplitLargeEvent $collStats $indexStats $currentOp $documents $listSessions $listLocalSessions
      $planCacheStats $search $searchMeta $vectorSearch $querySettings $queryStats $shardedDataDistribution`),
  accumulators: names('$accumulator $concatArrays $setUnion $mergeObjects $stdDevPop $stdDevSamp'),
  expressions: names(`
      $accumulator $acos $acosh $asin $asinh $atan $atan2 $atanh $binarySize $bitNot $bsonSize $cos $cosh $degreesToRadians
      $function $meta $radiansToDegrees $rand $sampleRate $sin $sinh $tan $tanh $toHashedIndexKey $toUUID $toArray $toObject
      $tsIncrement $tsSecond $covariancePop $derivative $denseRank $documentNumber $expMovingAvg $integral $linearFill $locf
      $rank $shift $covarianceSamp $createObjectId $encStrContains $currentDate $minMaxScaler
      $convert $toBool $toInt $toLong $toDouble $toDecimal $toString $toDate $toObjectId $bitAnd $bitOr $bitXor $objectToArray
      $arrayToObject $getField $setField $unsetField $pow $sqrt $exp $ln $log10 $log $substr $substrBytes $strLenBytes $strcasecmp $ltrim $rtrim
      $indexOfBytes $regexFind $regexFindAll $replaceOne $indexOfArray $zip $dateFromString $dateToParts $dateFromParts $stdDevPop $stdDevSamp`),
};

/** Options that drivers add to any command. On a single node that answers only when the data is on disk, the concerns hold by themselves. */
export const commonOptions = names(`
  $db $readPreference $clusterTime lsid txnNumber autocommit startTransaction readConcern writeConcern maxTimeMS comment`);

const same = (called: string, options: readonly string[]) => Object.fromEntries(names(called).map((name) => [name, options]));

/** Commands with the options each accepts beside the common ones. */
export const commands: Readonly<Record<string, readonly string[]>> = {
  ...same('hello ismaster isMaster', names('helloOk client compression backpressure')),
  ...same('ping buildInfo buildinfo create drop dropDatabase', []),
  insert: names('documents ordered'),
  update: names('updates ordered'),
  delete: names('deletes ordered'),
  find: names('filter sort projection hint skip limit batchSize singleBatch'),
  findAndModify: names('query sort remove update new fields upsert arrayFilters hint'),
  aggregate: names('pipeline cursor explain hint'),
  getMore: names('collection batchSize'),
  killCursors: names('cursors'),
  count: names('query limit skip hint'),
  distinct: names('key query hint'),
  createIndexes: names('indexes'),
  listIndexes: names('cursor'),
  dropIndexes: names('index'),
  listCollections: names('filter nameOnly authorizedCollections cursor'),
  explain: names('verbosity'),
  ...same('commitTransaction abortTransaction endSessions refreshSessions killAllSessions', []),
};

/** Commands that may run inside a transaction. */
export const transactionCommands: ReadonlySet<string> = new Set(
  names('insert update delete find findAndModify aggregate distinct getMore killCursors commitTransaction abortTransaction'),
);
/** Writes that a driver sends a second time, by their number, when it lost the answer. */
export const retryableCommands: ReadonlySet<string> = new Set(names('insert update delete findAndModify'));
/** Commands that may change what is stored. */
export const writeCommands: ReadonlySet<string> = new Set([
  ...retryableCommands,
  ...names('createIndexes dropIndexes create drop dropDatabase'),
]);

/** Fields of one statement of `update` and of `delete`, and of one index. */
export const statementOptions = {
  update: names('q u multi upsert arrayFilters hint'),
  delete: names('q limit hint'),
  index: names('key name v background unique sparse partialFilterExpression expireAfterSeconds'),
};
